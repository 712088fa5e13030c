// Lifecycle hooks and exit handlers of steps and tasks (spec rules 51 and 52).
#pragma once

#include "core/workflow/pass.h"

namespace slipway::workflow {

// Starts what is triggered by the present state of the item, which may be kGroup. True when nothing
// triggered is still running. An expression that fails is left in frame.group_error.
bool run_item_hooks(Pass& pass, Frame& frame, uint32_t call, uint32_t item);

// An expression over `scope` and over the frame's steps or tasks it names (frame may be null).
Result<bool> hook_holds(Pass& pass, const Frame* frame, const std::string& expression,
                        const expr::Scope& scope);

// The arguments of a hook: pasted; an exit hook that has none has the workflow's own (rule 51).
// `written` is the hook with its tags, when those of `body` are replaced in part already.
Result<Arguments> hook_arguments(Pass& pass, const json::object& body, bool is_exit,
                                 const expr::Scope& scope, const json::object* written = nullptr);

}  // namespace slipway::workflow
