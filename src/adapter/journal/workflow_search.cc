#include "adapter/journal/workflow_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace slipway::adapter {
namespace {

using Op = port::LabelTerm::Op;

// Counting ends here: what has so many rows is walked in order, and nothing of it is sorted.
constexpr int64_t kMany = 10'000;
// How many of the newest are looked at, before all that have a name are sorted, or it is counted
// whether any lacks a label.
constexpr int64_t kNewestByName = 20'000, kNewestByLack = 2000;
// A label with more values is walked by another index.
constexpr size_t kValues = 64;

std::string marks(size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += i == 0 ? "?" : ", ?";
  return out;
}

// The first text that does not begin so, or empty when there is none.
std::string after_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) ++prefix.back();
  return prefix;
}

std::vector<std::string> unique(std::vector<std::string> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

bool is_newer(const Cursor& a, const Cursor& b) {
  return std::tie(a.at, a.id) > std::tie(b.at, b.id);
}

}  // namespace

Result<std::vector<Cursor>> WorkflowSearch::keys(size_t limit) {
  TRY_ASSIGN(const Plan chosen, plan());
  std::vector<Cursor> found;
  const bool in_order = chosen.walks.size() != 1 || chosen.walks[0].by != Walk::By::kName;
  const bool by_lack =
      lacks_labels() && chosen.walks.size() == 1 && chosen.walks[0].by == Walk::By::kCreation;
  if (chosen.rows >= kMany && (!in_order || by_lack)) {
    bool all = false;
    TRY_ASSIGN(found, walk_newest(in_order ? kNewestByLack : kNewestByName, limit, all));
    if (all || found.size() == limit) return found;
    TRY_ASSIGN(const bool none, nothing_lacks());
    if (none) return std::vector<Cursor>{};
  }
  found.clear();
  for (const Walk& one : chosen.walks) {
    TRY_ASSIGN(const std::vector<Cursor> some, walk(one, limit));
    found.insert(found.end(), some.begin(), some.end());
  }
  if (chosen.walks.size() > 1) std::sort(found.begin(), found.end(), is_newer);
  if (found.size() > limit) found.resize(limit);
  return found;
}

// --- which index ---

Result<WorkflowSearch::Plan> WorkflowSearch::plan() {
  Plan best{{Walk{}}, INT64_MAX};
  if (!query_.ns.empty()) TRY(consider({{Walk{}}}, best));
  if (!query_.phases.empty()) {
    Plan phases;
    for (const std::string& phase : unique(query_.phases)) {
      phases.walks.push_back({Walk::By::kPhase, phase});
    }
    TRY(consider(std::move(phases), best));
  }
  for (const port::LabelTerm& term : query_.labels) {
    if (term.op != Op::kIn && term.op != Op::kExists) continue;
    std::vector<std::string> values = unique(term.values);
    if (term.op == Op::kExists) {
      TRY_ASSIGN(values, values_of(term.key));
      if (values.size() > kValues) continue;
    }
    Plan label;
    for (const std::string& value : values) {
      label.walks.push_back({Walk::By::kLabel, value, &term});
    }
    TRY(consider(std::move(label), best));
  }
  if (!query_.name.empty()) TRY(consider({{{Walk::By::kName, {}}}}, best));
  return best;
}

// Of two that are both long, that with less other rows in between; the order says which.
Status WorkflowSearch::consider(Plan candidate, Plan& best) {
  for (const Walk& walk : candidate.walks) {
    TRY_ASSIGN(const int64_t rows, count(walk));
    candidate.rows += rows;
  }
  candidate.rows = std::min(candidate.rows, kMany);
  const bool is_sorted = candidate.walks.empty() || candidate.walks[0].by != Walk::By::kName;
  const bool narrower = candidate.rows < best.rows;
  const bool as_good = candidate.rows == best.rows && is_sorted;
  // The names' index has no order of creation: it is for what is few, or when nothing else helps.
  const bool only_name = !is_sorted && best.walks.size() == 1 &&
                         best.walks[0].by == Walk::By::kCreation && best.rows >= kMany;
  if (narrower || as_good || only_name) best = std::move(candidate);
  return {};
}

Result<int64_t> WorkflowSearch::count(const Walk& walk) {
  Conditions conditions;
  std::string from = "workflow w";
  switch (walk.by) {
    case Walk::By::kCreation:
      conditions.add("w.ns = ?", query_.ns);
      break;
    case Walk::By::kPhase:
      conditions.add("w.phase = ?", walk.value);
      if (!query_.ns.empty()) conditions.add("w.ns = ?", query_.ns);
      break;
    case Walk::By::kLabel:
      from = "label l";
      conditions.add("l.key = ?", walk.label->key);
      conditions.add("l.value = ?", walk.value);
      break;
    case Walk::By::kName:
      if (query_.name_match == port::NameMatch::kContains) return kMany;
      narrow_name(conditions);
      break;
  }
  TRY_ASSIGN(Statement read,
             database_.prepare(fmt::format("SELECT count(*) FROM (SELECT 1 FROM {}{} LIMIT {})",
                                           from, conditions.where(), kMany)));
  conditions.bind(read);
  TRY(read.step());
  return read.number(0);
}

// From each value to the next by the index, at most one more than kValues.
Result<std::vector<std::string>> WorkflowSearch::values_of(const std::string& key) {
  std::vector<std::string> values;
  TRY_ASSIGN(Statement next, database_.prepare("SELECT value FROM label WHERE key = ? AND value > "
                                               "? ORDER BY value LIMIT 1"));
  TRY_ASSIGN(Statement first, database_.prepare("SELECT value FROM label WHERE key = ? ORDER BY "
                                                "value LIMIT 1"));
  TRY_ASSIGN(bool more, first.bind(key).step());
  if (more) values.emplace_back(first.text(0));
  while (more && values.size() <= kValues) {
    const std::string last = values.back();
    TRY_ASSIGN(more, next.bind(key).bind(last).step());
    if (more) values.emplace_back(next.text(0));
    next.reset();
  }
  return values;
}

bool WorkflowSearch::lacks_labels() const {
  return std::any_of(query_.labels.begin(), query_.labels.end(), [](const port::LabelTerm& term) {
    return term.op == Op::kNotIn || term.op == Op::kAbsent;
  });
}

// "!repo" of a million that have one: the tally says that there is no need to look at each.
Result<bool> WorkflowSearch::nothing_lacks() {
  for (const port::LabelTerm& term : query_.labels) {
    if (term.op != Op::kNotIn && term.op != Op::kAbsent) continue;
    TRY_ASSIGN(Statement read,
               database_.prepare("SELECT (SELECT rows FROM tally WHERE key = ?), (SELECT rows FROM "
                                 "tally WHERE key = '')"));
    TRY(read.bind(term.key).step());
    const int64_t all = read.number(1);
    if (read.number(0) < all) continue;
    if (term.op == Op::kAbsent) return true;
    TRY_ASSIGN(const int64_t having, count_values(term));
    if (having == all) return true;
  }
  return false;
}

Result<int64_t> WorkflowSearch::count_values(const port::LabelTerm& term) {
  const std::vector<std::string> values = unique(term.values);
  Conditions conditions;
  conditions.add("key = ?", term.key);
  conditions.add(fmt::format("value IN ({})", marks(values.size())));
  for (const std::string& value : values) conditions.also(value);
  TRY_ASSIGN(Statement read, database_.prepare("SELECT count(*) FROM label" + conditions.where()));
  conditions.bind(read);
  TRY(read.step());
  return read.number(0);
}

// --- the walk ---

Result<std::vector<Cursor>> WorkflowSearch::walk(const Walk& walk, size_t limit) {
  Conditions conditions;
  std::string from, order = "w";
  switch (walk.by) {
    case Walk::By::kCreation:
      from = fmt::format("workflow w INDEXED BY {}",
                         query_.ns.empty() ? "workflow_created" : "workflow_ns");
      break;
    case Walk::By::kPhase:
      from = fmt::format("workflow w INDEXED BY {}",
                         query_.ns.empty() ? "workflow_phase" : "workflow_ns_phase");
      conditions.add("w.phase = ?", walk.value);
      break;
    case Walk::By::kLabel:
      // CROSS JOIN: the label's own index gives the order. A namespace's index has that order too:
      // what is looked for next in it is near.
      order = "l";
      from = "label l";
      conditions.add("l.key = ?", walk.label->key);
      conditions.add("l.value = ?", walk.value);
      if (!needs_row(walk)) break;
      from += " CROSS JOIN workflow w";
      if (!query_.ns.empty()) {
        from += " INDEXED BY workflow_ns";
        conditions.add("w.created_at = l.created_at");
      }
      conditions.add("w.uid = l.uid");
      break;
    case Walk::By::kName:
      from = "workflow w INDEXED BY workflow_name";
      break;
  }
  if (walk.by != Walk::By::kLabel || needs_row(walk)) narrow(walk, conditions);
  narrow_labels(walk, order, conditions);
  if (query_.created_after) {
    conditions.add(fmt::format("{}.created_at > ?", order), query_.created_after->ns);
  }
  if (after_ != nullptr) {
    conditions.add(fmt::format("({0}.created_at, {0}.uid) < (?, ?)", order), after_->at);
    conditions.also(after_->id);
  }
  return read(
      fmt::format("SELECT {0}.created_at, {0}.uid FROM {1}{2} ORDER BY {0}.created_at DESC, "
                  "{0}.uid DESC LIMIT {3}",
                  order, from, conditions.where(), limit),
      conditions);
}

// Those of the newest that have the name; `all`: there are no others to look at.
Result<std::vector<Cursor>> WorkflowSearch::walk_newest(int64_t newest_rows, size_t limit,
                                                        bool& all) {
  Conditions newest;
  if (!query_.ns.empty()) newest.add("ns = ?", query_.ns);
  if (after_ != nullptr) {
    newest.add("(created_at, uid) < (?, ?)", after_->at);
    newest.also(after_->id);
  }
  if (query_.created_after) newest.add("created_at > ?", query_.created_after->ns);
  const std::string inner = fmt::format(
      "SELECT created_at, uid, ns, name, phase, finished_at, labels FROM workflow{} ORDER BY "
      "created_at DESC, uid DESC LIMIT {}",
      newest.where(), newest_rows);
  TRY_ASSIGN(Statement count, database_.prepare(fmt::format(
                                  "SELECT count(*) FROM (SELECT 1 FROM workflow{} LIMIT {})",
                                  newest.where(), newest_rows)));
  newest.bind(count);
  TRY(count.step());
  all = count.number(0) < newest_rows;
  Conditions outer;
  narrow({}, outer);
  narrow_labels({}, "w", outer);
  TRY_ASSIGN(Statement read,
             database_.prepare(fmt::format("SELECT w.created_at, w.uid FROM ({}) w{} LIMIT {}",
                                           inner, outer.where(), limit)));
  newest.bind(read);
  outer.bind(read);
  std::vector<Cursor> found;
  while (true) {
    TRY_ASSIGN(const bool row, read.step());
    if (!row) return found;
    found.push_back({read.number(0), std::string(read.text(1))});
  }
}

Result<std::vector<Cursor>> WorkflowSearch::read(const std::string& sql,
                                                 const Conditions& conditions) {
  TRY_ASSIGN(Statement read, database_.prepare(sql));
  conditions.bind(read);
  std::vector<Cursor> found;
  while (true) {
    TRY_ASSIGN(const bool row, read.step());
    if (!row) return found;
    found.push_back({read.number(0), std::string(read.text(1))});
  }
}

// --- what else is asked for ---

// Whether a label's walk has to look at the workflows themselves.
bool WorkflowSearch::needs_row(const Walk& walk) const {
  const bool labels =
      std::any_of(query_.labels.begin(), query_.labels.end(), [&](const port::LabelTerm& term) {
        return term.op != Op::kIn && term.op != Op::kNotIn && &term != walk.label;
      });
  return labels || !query_.ns.empty() || !query_.name.empty() || !query_.phases.empty() ||
         query_.finished_before;
}

void WorkflowSearch::narrow(const Walk& walk, Conditions& conditions) const {
  if (!query_.ns.empty()) conditions.add("w.ns = ?", query_.ns);
  if (!query_.name.empty()) narrow_name(conditions);
  if (!query_.phases.empty() && walk.by != Walk::By::kPhase) {
    conditions.add(fmt::format("+w.phase IN ({})", marks(query_.phases.size())));
    for (const std::string& phase : query_.phases) conditions.also(phase);
  }
  if (query_.finished_before) {
    // It was made before it finished, and that is what the indexes know.
    conditions.add("w.created_at < ?", query_.finished_before->ns);
    conditions.add("w.finished_at < ?", query_.finished_before->ns);
  }
}

void WorkflowSearch::narrow_name(Conditions& conditions) const {
  switch (query_.name_match) {
    case port::NameMatch::kExact:
      return conditions.add("w.name = ?", query_.name);
    case port::NameMatch::kPrefix:
      conditions.add("w.name >= ?", query_.name);
      return conditions.add("w.name < ?", after_prefix(query_.name));
    case port::NameMatch::kContains:
      return conditions.add("instr(w.name, ?) > 0", query_.name);
  }
}

void WorkflowSearch::narrow_labels(const Walk& walk, const std::string& from,
                                   Conditions& conditions) const {
  for (const port::LabelTerm& term : query_.labels) {
    if (&term == walk.label) continue;
    if (term.op == Op::kIn || term.op == Op::kNotIn) {
      conditions.add(fmt::format("{0}EXISTS (SELECT 1 FROM label o WHERE o.key = ? AND o.value IN "
                                 "({2}) AND o.created_at = {1}.created_at AND o.uid = {1}.uid)",
                                 term.op == Op::kIn ? "" : "NOT ", from, marks(term.values.size())),
                     term.key);
      for (const std::string& value : term.values) conditions.also(value);
      continue;
    }
    const std::string path = fmt::format("$.\"{}\"", term.key);
    if (term.op == Op::kExists) conditions.add("json_type(w.labels, ?) IS NOT NULL", path);
    if (term.op == Op::kAbsent) conditions.add("json_type(w.labels, ?) IS NULL", path);
    if (term.op != Op::kGreater && term.op != Op::kLess) continue;
    conditions.add(fmt::format("CAST(json_extract(w.labels, ?) AS INTEGER) {} CAST(? AS INTEGER)",
                               term.op == Op::kGreater ? ">" : "<"),
                   path);
    conditions.also(term.values.front());
  }
}

}  // namespace slipway::adapter
