// Labels and annotations that carry meaning (spec workflows.md, a1).
#pragma once

#include <string_view>

namespace slipway::workflow {

inline constexpr std::string_view kLabelPhase = "workflows.argoproj.io/phase";
inline constexpr std::string_view kLabelCompleted = "workflows.argoproj.io/completed";
inline constexpr std::string_view kLabelArchiving =
    "workflows.argoproj.io/workflow-archiving-status";
inline constexpr std::string_view kLabelCronWorkflow = "workflows.argoproj.io/cron-workflow";
inline constexpr std::string_view kLabelWorkflowTemplate =
    "workflows.argoproj.io/workflow-template";
inline constexpr std::string_view kLabelClusterWorkflowTemplate =
    "workflows.argoproj.io/cluster-workflow-template";
inline constexpr std::string_view kLabelResubmittedFrom =
    "workflows.argoproj.io/resubmitted-from-workflow";
inline constexpr std::string_view kLabelCreatorPrefix = "workflows.argoproj.io/creator";
inline constexpr std::string_view kLabelActorPrefix = "workflows.argoproj.io/actor";
inline constexpr std::string_view kLabelAction = "workflows.argoproj.io/action";
inline constexpr std::string_view kAnnotationDisplayName = "workflows.argoproj.io/display-name";
inline constexpr std::string_view kAnnotationScheduledTime = "workflows.argoproj.io/scheduled-time";

}  // namespace slipway::workflow
