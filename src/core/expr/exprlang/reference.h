// Which names of its environment an expression reads.
#pragma once

#include <vector>

#include "core/expr/exprlang/ast.h"
#include "core/expr/exprlang/exprlang.h"

namespace slipway::expr::lang {

// In order of appearance, each name once; guarded only when every use is.
std::vector<Program::Reference> find_references(const Node& root);

}  // namespace slipway::expr::lang
