// Every limit by name. Reaching one is an Error kLimit that names it, never a crash or a hang.
#pragma once

#include <cstddef>
#include <cstdint>

namespace slipway::limit {

inline constexpr size_t kJsonDepth = 512;             // nesting of JSON or YAML
inline constexpr size_t kManifestBytes = 16u << 20;   // one manifest file
inline constexpr size_t kYamlAliasNodes = 1'000'000;  // nodes after anchors are expanded
inline constexpr size_t kWebhookBytes = 25u << 20;    // GitHub's own cap (spec ci.md, section 1)
inline constexpr size_t kWebhookSlackBytes = 1u << 20;
inline constexpr size_t kRequestsBytes = 512u << 20;  // bodies of requests not answered yet
inline constexpr size_t kTemplateDepth = 100;         // Argo's recursion limit (spec a5)
inline constexpr size_t kTemplates = 200;             // per workflow (spec a1)
inline constexpr size_t kFanOut = 50'000;             // items one loop may expand to
inline constexpr size_t kResultBytes = 256u << 10;    // outputs.result (spec rule 27)
inline constexpr size_t kParameterBytes = 1u << 20;   // one output parameter file
inline constexpr size_t kLogBytes = 1u << 30;         // one container's log; the middle is dropped
inline constexpr size_t kConfigMapBytes = 1u << 20;   // of a memoization cache
inline constexpr size_t kMessageBytes = 4096;         // a node's message
inline constexpr size_t kMailbox = 65'536;            // inputs waiting for the engine
inline constexpr size_t kExpressionFuel = 1'000'000;  // evaluation steps of one expression
inline constexpr size_t kExpressionDepth = 256;       // nesting of one expression
inline constexpr int64_t kDeliveryMemoryDays = 14;    // how long delivery ids are remembered

}  // namespace slipway::limit
