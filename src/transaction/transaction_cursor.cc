#include "transaction/transaction_cursor.h"

#include <utility>

namespace mahi {

TransactionCursor::TransactionCursor(KvIterator base, const WriteSet* writes, uint64_t mark, std::string_view lower,
                                     std::string_view upper)
    : base_(std::move(base)), writes_(writes), mark_(mark) {
  if (writes_ == nullptr) return;
  lower_ = lower;
  upper_ = upper;
}

// Sets own_ to the first entry from `entry` on that has a version to be seen.
void TransactionCursor::SetOwnForward(const WriteSet::Entry* entry) {
  for (; entry != nullptr; entry = entry->next[0]) {
    if (!upper_.empty() && entry->key() >= upper_) break;
    if (const WriteSet::Version* version = entry->At(mark_)) {
      own_ = entry;
      own_version_ = version;
      return;
    }
  }
  own_ = nullptr;
}

void TransactionCursor::SetOwnBackward(const WriteSet::Entry* entry) {
  for (; entry != nullptr; entry = writes_->Before(entry->key())) {
    if (!lower_.empty() && entry->key() < lower_) break;
    if (const WriteSet::Version* version = entry->At(mark_)) {
      own_ = entry;
      own_version_ = version;
      return;
    }
  }
  own_ = nullptr;
}

// base_ and own_ stand at or after the position: finds the smaller one, passing over own deletions.
void TransactionCursor::SettleForward() {
  is_forward_ = true;
  while (true) {
    const bool has_base = base_.Valid();
    if (own_ == nullptr) {
      on_own_write_ = false;
      is_valid_ = has_base;
      return;
    }
    const int order = has_base ? own_->key().compare(base_.key()) : -1;
    if (order > 0) {
      on_own_write_ = false;
      is_valid_ = true;
      return;
    }
    if (!own_version_->is_delete()) {
      on_own_write_ = true;
      is_valid_ = true;
      return;
    }
    if (order == 0) base_.Next();
    SetOwnForward(own_->next[0]);
  }
}

void TransactionCursor::SettleBackward() {
  is_forward_ = false;
  while (true) {
    const bool has_base = base_.Valid();
    if (own_ == nullptr) {
      on_own_write_ = false;
      is_valid_ = has_base;
      return;
    }
    const int order = has_base ? own_->key().compare(base_.key()) : 1;
    if (order < 0) {
      on_own_write_ = false;
      is_valid_ = true;
      return;
    }
    if (!own_version_->is_delete()) {
      on_own_write_ = true;
      is_valid_ = true;
      return;
    }
    if (order == 0) base_.Prev();
    SetOwnBackward(writes_->Before(own_->key()));
  }
}

void TransactionCursor::SeekToFirst() {
  base_.SeekToFirst();
  if (writes_ == nullptr) return;
  SetOwnForward(lower_.empty() ? writes_->First() : writes_->LowerBound(lower_));
  SettleForward();
}

void TransactionCursor::SeekToLast() {
  base_.SeekToLast();
  if (writes_ == nullptr) return;
  SetOwnBackward(upper_.empty() ? writes_->Last() : writes_->Before(upper_));
  SettleBackward();
}

void TransactionCursor::Seek(std::string_view target) {
  base_.Seek(target);
  if (writes_ == nullptr) return;
  SetOwnForward(writes_->LowerBound(target < std::string_view(lower_) ? std::string_view(lower_) : target));
  SettleForward();
}

void TransactionCursor::SeekForPrev(std::string_view target) {
  base_.SeekForPrev(target);
  if (writes_ == nullptr) return;
  const WriteSet::Entry* entry = nullptr;
  if (!upper_.empty() && target >= std::string_view(upper_)) {
    entry = writes_->Before(upper_);
  } else {
    entry = writes_->LowerBound(target);
    if (entry == nullptr || entry->key() != target) entry = writes_->Before(target);
  }
  SetOwnBackward(entry);
  SettleBackward();
}

void TransactionCursor::NextMerged() {
  if (!is_forward_) {
    key_scratch_ = key();
    Seek(key_scratch_);
    if (!is_valid_ || key() != key_scratch_) return;
  }
  if (on_own_write_) {
    if (base_.Valid() && base_.key() == own_->key()) base_.Next();
    SetOwnForward(own_->next[0]);
  } else {
    base_.Next();
  }
  SettleForward();
}

void TransactionCursor::PrevMerged() {
  if (is_forward_) {
    key_scratch_ = key();
    SeekForPrev(key_scratch_);
    if (!is_valid_ || key() != key_scratch_) return;
  }
  if (on_own_write_) {
    if (base_.Valid() && base_.key() == own_->key()) base_.Prev();
    SetOwnBackward(writes_->Before(own_->key()));
  } else {
    base_.Prev();
  }
  SettleBackward();
}

}  // namespace mahi
