// A DAG task's `depends` (spec rules 15 to 17): names of tasks with optional .Succeeded, .Failed,
// .Errored, .Skipped, .Omitted, .Daemoned, .AnySucceeded, .AllFailed under && || ! ().
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace slipway::expr {

// What a task's node says of itself.
struct TaskResult {
  bool succeeded = false, failed = false, errored = false, skipped = false, omitted = false,
       daemoned = false, any_succeeded = false, all_failed = false;
};

class Depends {
 public:
  // kInvalid with column and what is wrong. A bare name means what rule 15 says, given the task's
  // own continueOn, which the caller supplies through `bare`.
  static Result<Depends> parse(std::string_view text);
  // "A" && "B" from the older `dependencies` list.
  static Depends all_of(const std::vector<std::string>& names);

  const std::vector<std::string>& tasks() const { return tasks_; }  // each once, in order

  // `result` is asked for every task named; `bare` says whether a bare name is satisfied.
  bool evaluate(const std::function<TaskResult(const std::string&)>& result,
                const std::function<bool(const std::string&)>& bare) const;

 private:
  struct Term {
    enum class Op { kAnd, kOr, kNot, kTask } op = Op::kTask;
    int left = -1, right = -1;   // indexes into terms_
    std::string task, property;  // property empty: bare
  };
  std::vector<Term> terms_;  // the last one is the root; empty: always true
  std::vector<std::string> tasks_;
};

}  // namespace slipway::expr
