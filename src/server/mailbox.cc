#include "server/mailbox.h"

#include <iterator>

namespace slipway::server {

bool Mailbox::post(Mail mail) {
  const std::lock_guard lock(mutex_);
  if (bell_ == nullptr || posted_ >= limit_) return false;
  ++posted_;
  mails_.push_back(std::move(mail));
  bell_->ring();
  return true;
}

void Mailbox::deliver(InputBody body) {
  const std::lock_guard lock(mutex_);
  if (bell_ == nullptr) return;
  mails_.push_back({std::move(body), nullptr});
  bell_->ring();
}

void Mailbox::query(std::function<void(const engine::Engine&)> look) {
  const std::lock_guard lock(mutex_);
  if (bell_ == nullptr) return;
  queries_.push_back(std::move(look));
  bell_->ring();
}

void Mailbox::wake() {
  const std::lock_guard lock(mutex_);
  if (bell_ != nullptr) bell_->ring();
}

void Mailbox::close() {
  const std::lock_guard lock(mutex_);
  bell_ = nullptr;
  mails_.clear();
  queries_.clear();
}

std::deque<Mail> Mailbox::take(size_t max_mails) {
  const std::lock_guard lock(mutex_);
  std::deque<Mail> taken;
  if (mails_.size() <= max_mails) {
    taken.swap(mails_);
    posted_ = 0;
    return taken;
  }
  for (size_t i = 0; i < max_mails; ++i) {
    if (mails_.front().done) --posted_;
    taken.push_back(std::move(mails_.front()));
    mails_.pop_front();
  }
  return taken;
}

std::vector<std::function<void(const engine::Engine&)>> Mailbox::take_queries() {
  const std::lock_guard lock(mutex_);
  return std::exchange(queries_, {});
}

void Mailbox::put_back(std::deque<Mail> mails) {
  const std::lock_guard lock(mutex_);
  for (const Mail& mail : mails) posted_ += mail.done ? 1 : 0;
  mails_.insert(mails_.begin(), std::make_move_iterator(mails.begin()),
                std::make_move_iterator(mails.end()));
}

bool Mailbox::empty() const {
  const std::lock_guard lock(mutex_);
  return mails_.empty() && queries_.empty();
}

bool Mailbox::closed() const {
  const std::lock_guard lock(mutex_);
  return bell_ == nullptr;
}

}  // namespace slipway::server
