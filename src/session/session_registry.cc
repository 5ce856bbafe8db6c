#include "session/session_registry.h"

#include <algorithm>

namespace mahi {

namespace {
constexpr size_t kMaxShownStatementBytes = 64 << 10;
}  // namespace

SessionEntry::View SessionEntry::Get() const {
  LatchGuard guard(const_cast<Latch&>(latch_));
  View view = view_;
  view.id = id_;
  view.command = command_.load(std::memory_order_relaxed);
  view.state = state_.load(std::memory_order_relaxed);
  view.started_us = command_started_us.load(std::memory_order_relaxed);
  return view;
}

void SessionEntry::SetIdentity(std::string user, std::string host, std::string account_user,
                               std::string account_host) {
  LatchGuard guard(latch_);
  view_.user = std::move(user);
  view_.host = std::move(host);
  view_.account_user = std::move(account_user);
  view_.account_host = std::move(account_host);
}

void SessionEntry::SetDatabase(std::string_view database) {
  LatchGuard guard(latch_);
  view_.database = database;
}

void SessionEntry::SetConnectionAttributes(std::vector<std::pair<std::string, std::string>> attributes) {
  LatchGuard guard(latch_);
  view_.connection_attributes = std::move(attributes);
}

void SessionEntry::SetCommand(const char* command, std::string_view info) {
  command_.store(command, std::memory_order_relaxed);
  LatchGuard guard(latch_);
  view_.info.assign(info.substr(0, kMaxShownStatementBytes));
}

std::shared_ptr<SessionEntry> SessionRegistry::Add() {
  auto entry = std::make_shared<SessionEntry>(next_id_.fetch_add(1, std::memory_order_relaxed));
  ExclusiveGuard guard(latch_);
  entries_.push_back(entry);
  count_.store(entries_.size(), std::memory_order_relaxed);
  return entry;
}

void SessionRegistry::Remove(uint64_t id) {
  ExclusiveGuard guard(latch_);
  std::erase_if(entries_, [id](const std::shared_ptr<SessionEntry>& entry) { return entry->id() == id; });
  count_.store(entries_.size(), std::memory_order_relaxed);
}

std::shared_ptr<SessionEntry> SessionRegistry::Find(uint64_t id) const {
  SharedGuard guard(latch_);
  for (const auto& entry : entries_) {
    if (entry->id() == id) return entry;
  }
  return nullptr;
}

std::vector<std::shared_ptr<SessionEntry>> SessionRegistry::List() const {
  SharedGuard guard(latch_);
  return entries_;
}

}  // namespace mahi
