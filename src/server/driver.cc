#include "server/driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/pod/report.h"
#include "server/row.h"

namespace slipway::server {
namespace {

constexpr Duration kDay = Duration::seconds(86'400);
// The wall clock may jump, so a wait for a far time looks again now and then.
constexpr Duration kLongestWait = Duration::seconds(1);
constexpr Duration kPauseAfterFailure = Duration::milliseconds(500);
// How often a batch is topped up with what came while it was decided on: a commit costs as much for
// two reports as for one, and those who were first must not wait for ever.
constexpr size_t kTopUps = 4;
// Removals that were carried out are noted with the next commit, or when this many have gathered.
constexpr size_t kIdleRemovals = 1000;

engine::Reply refusal(ErrorCode code, std::string message, int status) {
  engine::Reply reply;
  reply.http_status = status;
  reply.message = message;
  reply.error = Error{code, std::move(message), ""};
  return reply;
}

engine::Reply ending() {
  return refusal(ErrorCode::kUnavailable, "the server is ending; try again when it is up", 503);
}

}  // namespace

Driver::Driver(Ports ports, workflow::Settings settings, DriverOptions options)
    : ports_(ports),
      settings_(settings),
      options_(options),
      mailbox_(std::make_shared<Mailbox>(options.mailbox, ports.bell)),
      dispatcher_(
          {ports.pods, ports.logs, ports.http, ports.artifacts, ports.workflows, options.tell},
          mailbox_, options.max_parallel_pods, options.max_parallel_calls),
      reaper_(ports.retention, options.keep),
      engine_(std::move(settings)) {}

Driver::~Driver() { mailbox_->close(); }

// --- any thread ---

void Driver::post(InputBody body, std::function<void(engine::Reply)> done) {
  SLIPWAY_ASSERT(done != nullptr);
  if (mailbox_->post({std::move(body), done})) return;
  if (mailbox_->closed()) return done(ending());
  done(refusal(ErrorCode::kLimit,
               fmt::format("the server is busy: {} requests wait already; try again later",
                           options_.mailbox),
               503));
}

void Driver::query(std::function<void(const engine::Engine&)> look) {
  mailbox_->query(std::move(look));
}

uint64_t Driver::subscribe(std::function<void(const Change&, const engine::Engine&)> heed) {
  const std::lock_guard lock(watching_);
  if (!mailbox_->closed()) watchers_[next_watcher_] = std::move(heed);
  return next_watcher_++;
}

void Driver::unsubscribe(uint64_t subscription) {
  const std::lock_guard lock(watching_);
  watchers_.erase(subscription);
}

port::PodReportSink Driver::report_sink() const {
  return [mailbox = mailbox_](pod::PodReport report) {
    mailbox->deliver(engine::PodReported{std::move(report)});
  };
}

void Driver::stop() {
  stopping_ = true;
  mailbox_->wake();
}

// --- the driver's thread ---

Status Driver::recover() {
  TRY(rebuild());
  const Time now = ports_.clock.now();
  dispatcher_.adopt(engine_, now);
  dispatcher_.dispatch(engine_, now);
  return {};
}

Status Driver::rebuild() {
  healthy_ = false;
  TRY_ASSIGN(const port::Snapshot snapshot, ports_.journal.load_snapshot());
  engine::Engine engine(settings_);
  if (snapshot.sequence > 0) {
    TRY_ASSIGN(engine, engine::Engine::restore(snapshot.bytes, settings_));
  }
  uint64_t sequence = snapshot.sequence;
  size_t bytes = 0;
  TRY(ports_.journal.replay(snapshot.sequence,
                            [&](uint64_t number, std::string_view record) -> Status {
                              auto event = engine::decode(record);
                              if (!event.ok()) {
                                return Error{event.error().code, event.error().message,
                                             fmt::format("journal record {}", number)};
                              }
                              engine.apply(event.value());
                              sequence = number;
                              bytes += record.size();
                              return {};
                            }));
  engine_ = std::move(engine);
  sequence_ = sequence;
  records_since_ = sequence - snapshot.sequence;
  bytes_since_ = bytes;
  snapshot_bytes_ = snapshot.bytes.size();
  dispatcher_.forget_position();
  healthy_ = true;
  return {};
}

bool Driver::step() {
  Batch batch;
  batch.mails = mailbox_->take(options_.batch);
  if (!healthy_) {
    if (const Status rebuilt = rebuild(); !rebuilt.ok()) {
      fail(batch, rebuilt.error());
      return true;
    }
  }
  const Time now = ports_.clock.now();
  decide_removals(batch, now);
  for (size_t top_ups = 0;; ++top_ups) {
    decide_mails(batch, now);
    decide_ticks(batch, now);
    if (top_ups == kTopUps || batch.commit.records.empty() || !take_more(batch)) break;
  }
  const bool busy = !batch.mails.empty() || !batch.commit.records.empty();
  if (!batch.commit.records.empty()) {
    if (options_.event_days > 0 && now - purged_ > kDay) {
      batch.commit.rows.push_back(port::RemoveEventsBefore{now - kDay * options_.event_days});
      purged_ = now;
    }
    if (const Status committed = ports_.journal.commit(batch.commit); !committed.ok()) {
      fail(batch, committed.error());
      return true;
    }
    sequence_ += batch.commit.records.size();
    set_trouble("");
    for (const port::RowChange& change : batch.commit.rows) reaper_.note(change, engine_.catalog());
    metrics_.add(batch.samples);
    for (json::array& spans : batch.traces) trace_(std::move(spans));
    kube_events_.add(std::move(batch.kube_events));
  }
  for (size_t i = 0; i < batch.replies.size(); ++i) {
    if (batch.mails[i].done) batch.mails[i].done(std::move(batch.replies[i]));
  }
  dispatcher_.dispatch(engine_, now);
  if (!batch.commit.records.empty()) {
    notify(batch.change);
    save_snapshot_if_due(batch.commit.records.size(), batch.bytes);
  }
  look();
  return busy;
}

bool Driver::take_more(Batch& batch) {
  if (batch.mails.size() >= options_.batch || batch.bytes > options_.batch_bytes) return false;
  std::deque<Mail> more = mailbox_->take(options_.batch - batch.mails.size());
  std::ranges::move(more, std::back_inserter(batch.mails));
  return !more.empty();
}

// Before the mails, so that none of them can bring a workflow back to life in between.
void Driver::decide_removals(Batch& batch, Time now) {
  if (!may_reap()) return;
  for (engine::DeleteWorkflow& removal : reaper_.take_due(now)) {
    decide(batch, now, std::move(removal));
  }
}

bool Driver::may_reap() const {
  return options_.reap && engine_.recalled_count() < options_.max_recalled;
}

void Driver::decide_mails(Batch& batch, Time now) {
  std::deque<Mail> later;
  const size_t count = batch.mails.size();
  for (size_t i = batch.replies.size(); i < count; ++i) {
    if (batch.bytes > options_.batch_bytes) {
      later.assign(std::make_move_iterator(batch.mails.begin() + static_cast<ptrdiff_t>(i)),
                   std::make_move_iterator(batch.mails.end()));
      batch.mails.resize(i);
      mailbox_->put_back(std::move(later));
      break;
    }
    // An answer of the world is kept: it is needed again when the commit fails.
    Mail& mail = batch.mails[i];
    batch.replies.push_back(decide(batch, now, mail.done ? std::move(mail.body) : mail.body));
  }
  const bool others = !batch.commit.records.empty() || stopping_;
  if (dispatcher_.done_count() > (others ? 0 : kIdleRemovals)) {
    for (InputBody& body : dispatcher_.take_done()) decide(batch, now, std::move(body));
  }
}

void Driver::decide_ticks(Batch& batch, Time now) {
  for (size_t i = 0; i < options_.passes && batch.bytes <= options_.batch_bytes; ++i) {
    const auto wake = engine_.next_wake();
    if (!wake || *wake > now) return;
    const size_t before = batch.commit.records.size();
    decide(batch, now, engine::Tick{});
    if (batch.commit.records.size() == before) return;
  }
}

engine::Reply Driver::decide(Batch& batch, Time now, InputBody body) {
  const engine::Input input{now, ports_.clock.entropy(), std::move(body)};
  engine::Decision decision = engine_.decide(input);
  for (workflow::Sample& sample : decision.samples) batch.samples.push_back(std::move(sample));
  for (const engine::Event& event : decision.events) {
    const uint64_t sequence = sequence_ + batch.commit.records.size() + 1;
    batch.commit.records.push_back({sequence, engine::encode(event)});
    batch.bytes += batch.commit.records.back().bytes.size();
    add_rows(engine_, event, batch.commit.rows);
    add_change(event, batch.change);
    if (trace_) add_trace(engine_, event, batch.traces);
    add_kube_events(engine_, event, sequence, batch.kube_events);
    engine_.apply(event);
  }
  return std::move(decision.reply);
}

void Driver::set_trouble(std::string trouble) {
  if (trouble == trouble_) return;
  trouble_ = std::move(trouble);
  if (!options_.tell) return;
  options_.tell(trouble_.empty() ? "the journal can be written again; all goes on"
                                 : "nothing is accepted or started for now: " + trouble_);
}

void Driver::fail(Batch& batch, const Error& error) {
  healthy_ = false;
  set_trouble(error.text());
  reaper_.look_again();
  std::deque<Mail> answers;
  for (Mail& mail : batch.mails) {
    if (!mail.done) answers.push_back(std::move(mail));
  }
  mailbox_->put_back(std::move(answers));
  for (Mail& mail : batch.mails) {
    if (!mail.done) continue;
    mail.done(refusal(ErrorCode::kUnavailable,
                      "nothing was accepted, because it could not be written: " + error.text(),
                      503));
  }
  if (rebuild().ok()) look();
}

void Driver::notify(const Change& change) {
  const std::lock_guard lock(watching_);
  for (const auto& [subscription, heed] : watchers_) heed(change, engine_);
}

void Driver::look() {
  for (const auto& look : mailbox_->take_queries()) look(engine_);
}

void Driver::save_snapshot_if_due(size_t records, size_t bytes) {
  records_since_ += records;
  bytes_since_ += bytes;
  // A large state is written less often, so that the cost of snapshots stays a fraction of that of
  // the records.
  if (records_since_ < options_.snapshot_records || bytes_since_ < snapshot_bytes_) return;
  // One that fails is tried again after as many records; the journal has everything meanwhile.
  if (!save_snapshot().ok()) records_since_ = 0;
}

Status Driver::save_snapshot() {
  port::Snapshot snapshot{sequence_, engine_.snapshot()};
  TRY(ports_.journal.save_snapshot(snapshot));
  records_since_ = bytes_since_ = 0;
  snapshot_bytes_ = snapshot.bytes.size();
  return {};
}

std::optional<Time> Driver::next_wake() const {
  const auto engine = engine_.next_wake();
  const auto reaper = may_reap() ? reaper_.next() : std::nullopt;
  if (!engine || !reaper) return engine ? engine : reaper;
  return std::min(*engine, *reaper);
}

void Driver::run() {
  while (!stopping_) {
    const bool busy = step();
    if (!trouble_.empty()) {  // what waits would fail again at once
      ports_.bell.wait(kPauseAfterFailure);
      continue;
    }
    if (busy || !mailbox_->empty()) continue;
    const auto wake = next_wake();
    const Duration until = wake ? *wake - ports_.clock.now() : kLongestWait;
    if (until > Duration{}) ports_.bell.wait(std::min(until, kLongestWait));
  }
  shut_down();
}

void Driver::shut_down() {
  stopping_ = true;
  do {
    step();
  } while (!mailbox_->empty() && trouble_.empty());
  // Without it the next start replays a longer journal, and nothing else.
  const bool wanted = records_since_ > 0 && options_.snapshot_records != SIZE_MAX;
  if (trouble_.empty() && wanted) static_cast<void>(save_snapshot());
  // In trouble something still waits: the world's answers come again after the next start.
  for (Mail& mail : mailbox_->take(SIZE_MAX)) {
    if (mail.done) mail.done(ending());
  }
  mailbox_->close();
  const std::lock_guard lock(watching_);
  watchers_.clear();
}

}  // namespace slipway::server
