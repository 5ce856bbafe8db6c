// TransactionCursor: an ordered reader over the store and a transaction's own writes, merged.
//
// Own writes count as of the moment when the cursor was opened. key() and value() are valid until the next move.
// Thread safety: belongs to the transaction's thread; must not outlive the transaction.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "storage/kv/kv_engine.h"
#include "transaction/write_set.h"

namespace mahi {

class TransactionCursor {
 public:
  TransactionCursor() = default;
  // Over `base` alone when `writes` is null. Bounds: lower inclusive, upper exclusive, empty: none.
  TransactionCursor(KvIterator base, const WriteSet* writes, uint64_t mark, std::string_view lower,
                    std::string_view upper);
  TransactionCursor(TransactionCursor&&) noexcept = default;
  TransactionCursor& operator=(TransactionCursor&&) noexcept = default;

  bool Valid() const { return writes_ == nullptr ? base_.Valid() : is_valid_; }
  std::string_view key() const { return on_own_write_ ? own_->key() : base_.key(); }
  std::string_view value() const { return on_own_write_ ? own_version_->value() : base_.value(); }
  bool is_own_write() const { return on_own_write_; }

  void SeekToFirst();
  void SeekToLast();
  void Seek(std::string_view target);         // the first key >= target
  void SeekForPrev(std::string_view target);  // the last key <= target
  void Next() {
    if (writes_ == nullptr) {
      base_.Next();
    } else {
      NextMerged();
    }
  }
  void Prev() {
    if (writes_ == nullptr) {
      base_.Prev();
    } else {
      PrevMerged();
    }
  }
  // An I/O or corruption error ended the iteration.
  Status status() const { return base_.status(); }
  explicit operator bool() const { return static_cast<bool>(base_); }
  // Everything committed up to this sequence number is seen.
  uint64_t sequence() const { return sequence_; }
  // The transaction's write mark when the cursor was opened.
  uint64_t mark() const { return mark_; }
  void set_sequence(uint64_t sequence) { sequence_ = sequence; }

 private:
  void NextMerged();
  void PrevMerged();
  void SettleForward();
  void SettleBackward();
  void SetOwnForward(const WriteSet::Entry* entry);
  void SetOwnBackward(const WriteSet::Entry* entry);

  KvIterator base_;
  const WriteSet* writes_ = nullptr;
  uint64_t mark_ = 0;
  uint64_t sequence_ = 0;
  std::string lower_;
  std::string upper_;
  std::string key_scratch_;
  const WriteSet::Entry* own_ = nullptr;
  const WriteSet::Version* own_version_ = nullptr;
  bool on_own_write_ = false;
  bool is_valid_ = false;
  bool is_forward_ = true;
};

}  // namespace mahi
