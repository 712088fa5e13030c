// Runs a tree. Everything that would recurse lies on the heap: what is still to be done with an
// output is a chain of frames, what to do when there are no more outputs is a stack of choices.
// A step evaluates a node, hands a value to the innermost frame, or goes back to the last choice,
// so that neither a filter's recursion nor its loops touch the C++ stack, and a call in tail
// position costs no frame.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/expr/jq/builtin.h"
#include "core/expr/jq/tree.h"

namespace slipway::expr::jq {

// How many frames and scopes live; see kLive.
using Census = size_t;

// One binding and those around it. Immutable; destroying a long chain does not recurse.
struct Scope {
  std::shared_ptr<Scope> outer;
  Value value;                    // of a variable
  const Node* filter = nullptr;   // of an argument: what to run,
  std::shared_ptr<Scope> around;  // and where
  size_t choices = 0;             // of a label: what was to be tried when it was entered

  explicit Scope(Census& census) : census_(census) { ++census_; }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope();

 private:
  Census& census_;
};
using ScopePtr = std::shared_ptr<Scope>;

// Where in the root of a path() the current value lies. Null when no path is followed.
struct Trail {
  std::shared_ptr<const Trail> before;  // null at the root
  Value key;
  Value value;  // what lay there: a path is valid only from there on
  size_t length = 0;

  Trail(std::shared_ptr<const Trail> b, Value k, Value v)
      : before(std::move(b)), key(std::move(k)), value(std::move(v)) {
    if (before != nullptr) length = before->length + 1;
  }
  Trail(const Trail&) = delete;
  Trail& operator=(const Trail&) = delete;
  ~Trail();
};
using TrailPtr = std::shared_ptr<const Trail>;

// What a construct gathers over several outputs: an array's items, the state of a reduce.
struct Cell {
  Value value;
  TrailPtr trail;
  Items items;
  bool found = false;
};
using CellPtr = std::shared_ptr<Cell>;

// What to do with a value. One shape for all of them: `then` tells which.
enum class Then : uint8_t {
  kPipe,      // run child `at` of a pipe
  kIndexKey,  // the key came: evaluate the target
  kIndex,     // the target came; value is the key
  kSliceFrom,
  kSliceTo,
  kSlice,  // the target came; value and other are the ends
  kIterate,
  kCollect,      // into the cell
  kObjectKey,    // of member `at`; value is the object so far
  kObjectValue,  // other is the key
  kSign,
  kRight,  // the right side came: evaluate the left one
  kLeft,   // value is the right side
  kAnd,
  kOr,
  kTruth,  // the second side of and, or
  kAlternative,
  kAssign,      // the value to assign came
  kAssignPath,  // a path to assign came
  kUpdatePath,  // a path to update came
  kUpdated,     // its new value came; other is the path
  kCalculate,   // the operand of += came
  kIf,
  kTryEnd,
  kEitherEnd,
  kReduceStart,
  kItem,   // the source of a reduce or foreach gave an item
  kState,  // marks whose state kTake takes
  kStore,  // the new state of a reduce
  kEmit,   // the new state of a foreach
  kBind,
  kArgument,  // argument `at` of a native call came
  kPathEnd,
  kGetPath,
  kRange,  // bound `at` came
  kError,
};

struct Frame {
  Then then;
  const Node* node = nullptr;
  ScopePtr scope;
  Value input;  // of the node
  TrailPtr trail;
  std::shared_ptr<Frame> next;
  Value value, other;
  Items items;
  CellPtr cell;
  size_t at = 0;

  explicit Frame(Then t, Census& census) : then(t), census_(census) { ++census_; }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  ~Frame();

 private:
  Census& census_;
};
using FramePtr = std::shared_ptr<Frame>;

// What to do once there are no more outputs.
enum class Else : uint8_t {
  kEvaluate,     // a node
  kComma,        // child `at` of a comma
  kElements,     // of the array or object in value, from `at` or `member` on
  kRange,        // items are the next number, the end and the step
  kCollected,    // the cell's items are the value
  kReduced,      // the cell's value is
  kAlternative,  // the right side, unless the left one gave something
  kUpdated,      // all paths are done: the cell's items are to be deleted
  kUnset,        // the update gave nothing: value is a path to delete
};

struct Choice {
  Else otherwise;
  const Node* node = nullptr;
  ScopePtr scope;
  Value input;
  TrailPtr trail;
  FramePtr next;
  Value value;
  Items items;
  CellPtr cell;
  size_t at = 0;
  Members::const_iterator member{};
};

class Machine {
 public:
  Machine(const Tree& tree, Value input, Budget& budget);

  // The next output, or nothing after the last. An error ends the run.
  Result<std::optional<Value>> next();

 private:
  enum class Turn : uint8_t { kEvaluate, kReturn, kBacktrack, kRaise, kDone };

  // evaluate.cc: a node
  Turn evaluate();
  Turn evaluate_operator(const Node& node);
  Turn evaluate_control(const Node& node);
  Turn evaluate_native(const Node& node);
  Turn call(const Node& node);
  Turn argument(const Node& node);
  Turn collect(const Node& node);
  Turn alternative(const Node& node);
  Turn update(const Node& node, Value operand);
  Turn take(const Node& node);
  Turn either(size_t alternative);
  Turn rebind(const Node& node);
  Turn follow_path(const Node& node);

  // resume.cc: a value for the innermost frame
  Turn resume();
  Turn resume_operator(Frame& frame);
  Turn resume_control(Frame& frame);
  Turn object_key(Frame& frame);
  Turn object_value(Frame& frame);
  Turn native_argument(Frame& frame);
  Turn reduce_start(Frame& frame);
  Turn item(Frame& frame);
  Turn range_bound(Frame& frame);
  Turn run_native(const Node& node, const Items& arguments);

  // assign.cc: assignments
  Turn resume_assign(Frame& frame);
  Turn assign(Frame& frame);
  Turn assign_path(Frame& frame);
  Turn update_path(Frame& frame);
  Turn updated(Frame& frame);
  Turn calculate(Frame& frame);
  Turn finish_update(Choice& choice);
  std::optional<Items> fixed_path(const Node& node) const;
  void add_fixed_steps(const Node& node, Items& path) const;

  // step.cc: one step of a path
  Turn evaluate_index(const Node& node);
  Turn evaluate_slice(const Node& node);
  Turn resume_step(Frame& frame);
  Turn slice_target(Frame& frame, Value from, Value to);
  Turn index(const Node& node, const Value& key);
  Turn slice(const Node& node, const Value& from, const Value& to);
  Turn iterate(const Node& node);
  Turn element(Choice& choice);
  Turn get_path_step(Frame& frame);
  Turn step_failed(const Node& node, Error error);
  Turn follow(Value key, Value value);
  bool off_trail() const { return trail_ != nullptr && !Value::same(trail_->value, value_); }
  // The keys of the trail, if it leads to the current value.
  Result<Value> trail_keys();

  // backtrack.cc
  Turn backtrack();
  Turn next_of_range(Choice& choice);
  Turn raise();
  Turn fail(Error error);
  Turn give(Result<Value> result);
  void drop_choices(size_t keep) {
    if (keep < choices_.size()) choices_.erase(choices_.begin() + keep, choices_.end());
  }

  // Pushes a frame for what is to be done with the output of `child`, and evaluates that. The
  // frame keeps the input; a path is followed into `child` only with `follow`.
  Turn enter(const Node* child, Then then, bool follow = false);
  // Back to the state in which the frame was made, to evaluate another part of its node.
  void restore(Frame& frame);
  // Out of a frame or choice; moved if it is the only holder.
  Value taken(Value& value) const { return alone_ ? std::move(value) : value; }
  Choice& choose(Else otherwise);
  Frame& push(Then then);
  Scope& bind();
  ScopePtr scope_up(size_t count) const;

  Budget& budget_;
  Context context_;
  Census census_ = 0;

  // The current state.
  const Node* node_;
  ScopePtr scope_;
  Value value_;  // the input of the node, or what it gave
  TrailPtr trail_;
  FramePtr next_;
  std::vector<Choice> choices_;
  Turn turn_ = Turn::kEvaluate;

  bool alone_ = false;          // nobody else holds the frame that is being resumed
  Value failure_;               // what was raised: a message or a value
  std::optional<Error> fatal_;  // what no try catches
};

}  // namespace slipway::expr::jq
