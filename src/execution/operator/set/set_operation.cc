// Distinct, and UNION, INTERSECT and EXCEPT.
//
// Each decides row by row with a table of keys whether the row is put out. When the statement is over its memory
// limit the table takes no further keys: rows with keys that it does not know go to partitions by hash, one set for each
// input, which are worked off afterwards in the same way. A key is either in the table or in one partition, never in
// both.
//
//   UNION DISTINCT, DISTINCT   out when the key is new
//   INTERSECT [ALL]            the right side is counted first; out while the key's count allows it
//   EXCEPT [ALL]               likewise; out when the key's count is used up
#include <array>

#include "execution/memory/key_encoder.h"
#include "execution/memory/key_table.h"
#include "execution/memory/row_store.h"
#include "execution/operator/factories.h"

namespace mahi {

namespace {

constexpr uint32_t kPartitions = 32;
constexpr uint32_t kMaxLevel = 5;
constexpr size_t kLeastBytes = 128 * 1024;

class KeyedSetOperator : public Operator {
 public:
  enum class Kind { kDistinct, kIntersect, kExcept };
  KeyedSetOperator(Runtime& runtime, const PhysicalNode& node, Kind kind, bool is_distinct,
                   std::vector<OperatorPtr> children)
      : Operator(runtime, node), kind_(kind), is_distinct_(is_distinct), children_(std::move(children)),
        memory_(runtime.memory), loading_(children_[0]->types()) {}

  Status OpenImpl() override {
    work_.clear();
    partition_ = Work();
    level_ = 0;
    is_from_store_ = false;
    StartTable();
    if (kind_ != Kind::kDistinct) {
      MAHI_RETURN_IF_ERROR(children_[1]->Open());
      while (true) {
        MAHI_ASSIGN_OR_RETURN(Batch* batch, children_[1]->Next());
        if (batch == nullptr) break;
        MAHI_RETURN_IF_ERROR(AddRight(*batch));
      }
    }
    current_ = 0;
    is_done_ = false;
    return children_[0]->Open();
  }

  Result<Batch*> NextImpl() override {
    while (!is_done_) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, NextLeft());
      if (batch == nullptr) {
        MAHI_RETURN_IF_ERROR(NextPartition());
        continue;
      }
      MAHI_RETURN_IF_ERROR(Decide(*batch));
      if (passed_.count == 0) continue;
      if (passed_.count < batch->selected_count()) batch->Select(passed_.View());
      return batch;
    }
    return nullptr;
  }

 private:
  using Parts = std::array<std::unique_ptr<RowStore>, kPartitions>;
  struct Work {
    std::unique_ptr<RowStore> left, right;
    uint32_t level = 0;
  };

  void StartTable() {
    table_.Clear();
    counts_.clear();
    memory_.Set(0);
    is_full_ = false;
    left_parts_ = Parts();
    right_parts_ = Parts();
  }

  void Account() {
    memory_.Set(table_.memory_bytes() + counts_.capacity() * sizeof(uint64_t));
    if (runtime_.memory.is_over_limit() && memory_.bytes() > kLeastBytes && level_ < kMaxLevel) is_full_ = true;
  }

  void MakeKey(const Batch& batch, uint32_t row) {
    key_.clear();
    for (size_t i = 0; i < batch.column_count(); ++i) AppendEqualityKey(batch.column(i), row, &key_);
  }

  Status PutAside(Parts* parts, const Batch& batch, uint32_t row) {
    auto& part = (*parts)[static_cast<uint32_t>(HashBytes(key_) >> (59 - 5 * level_)) % kPartitions];
    if (part == nullptr) part = std::make_unique<RowStore>(runtime_, children_[0]->types());
    uint16_t position = static_cast<uint16_t>(row);
    return part->Append(batch, Selection{&position, 1});
  }

  Status AddRight(const Batch& batch) {
    Selection rows = batch.rows();
    for (uint32_t i = 0; i < rows.count; ++i) {
      MakeKey(batch, rows[i]);
      uint32_t index;
      if (is_full_) {
        index = table_.Find(key_);
        if (index == KeyTable::kNone) {
          MAHI_RETURN_IF_ERROR(PutAside(&right_parts_, batch, rows[i]));
          continue;
        }
      } else {
        bool is_new = false;
        index = table_.FindOrInsert(key_, &is_new);
        if (is_new) counts_.push_back(0);
      }
      ++counts_[index];
    }
    Account();
    return Status::Ok();
  }

  Status Decide(const Batch& batch) {
    passed_.Clear();
    Selection rows = batch.rows();
    // EXCEPT DISTINCT puts the keys that it gives out into the table, as DISTINCT does; the others only look.
    bool inserts = kind_ == Kind::kDistinct || (kind_ == Kind::kExcept && is_distinct_);
    for (uint32_t i = 0; i < rows.count; ++i) {
      uint32_t row = rows[i];
      MakeKey(batch, row);
      bool is_new = false;
      uint32_t index = inserts && !is_full_ ? table_.FindOrInsert(key_, &is_new) : table_.Find(key_);
      if (index == KeyTable::kNone && is_full_) {
        MAHI_RETURN_IF_ERROR(PutAside(&left_parts_, batch, row));
        continue;
      }
      bool is_out = is_new;
      if (kind_ == Kind::kIntersect) {
        is_out = index != KeyTable::kNone && counts_[index] > 0;
        if (is_out) counts_[index] = is_distinct_ ? 0 : counts_[index] - 1;
      } else if (kind_ == Kind::kExcept && !is_distinct_) {
        is_out = index == KeyTable::kNone || counts_[index] == 0;
        if (!is_out) --counts_[index];
      }
      if (is_out) passed_.Append(row);
    }
    Account();
    return Status::Ok();
  }

  Result<Batch*> NextLeft() {
    if (is_from_store_) {
      if (partition_.left == nullptr) return nullptr;
      loading_.Reset();
      MAHI_ASSIGN_OR_RETURN(uint32_t count, reader_.Next(&loading_, runtime_.batch_rows));
      if (count == 0) return nullptr;
      loading_.set_row_count(count);
      return &loading_;
    }
    // A union's inputs come one after the other; the second input of the others was read before.
    size_t inputs = kind_ == Kind::kDistinct ? children_.size() : 1;
    while (current_ < inputs) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, children_[current_]->Next());
      if (batch != nullptr) return batch;
      if (++current_ < inputs) MAHI_RETURN_IF_ERROR(children_[current_]->Open());
    }
    return nullptr;
  }

  Status NextPartition() {
    for (uint32_t i = 0; i < kPartitions; ++i) {
      if (left_parts_[i] == nullptr) continue;
      work_.push_back({std::move(left_parts_[i]), std::move(right_parts_[i]), level_ + 1});
    }
    StartTable();
    if (work_.empty()) {
      is_done_ = true;
      return Status::Ok();
    }
    partition_ = std::move(work_.back());
    work_.pop_back();
    level_ = partition_.level;
    is_from_store_ = true;
    if (partition_.right != nullptr) {
      RowStoreReader reader(partition_.right.get());
      while (true) {
        MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
        loading_.Reset();
        MAHI_ASSIGN_OR_RETURN(uint32_t count, reader.Next(&loading_, kBatchRows));
        if (count == 0) break;
        loading_.set_row_count(count);
        MAHI_RETURN_IF_ERROR(AddRight(loading_));
      }
    }
    reader_.Open(partition_.left.get());
    return Status::Ok();
  }

  Kind kind_;
  bool is_distinct_;
  std::vector<OperatorPtr> children_;
  KeyTable table_;
  std::vector<uint64_t> counts_;
  MemoryUse memory_;
  Parts left_parts_, right_parts_;
  std::vector<Work> work_;
  Work partition_;
  RowStoreReader reader_;
  Batch loading_;
  SelectionBuffer passed_;
  std::string key_;
  uint32_t level_ = 0;
  size_t current_ = 0;
  bool is_full_ = false;
  bool is_from_store_ = false;
  bool is_done_ = false;
};

}  // namespace

Result<OperatorPtr> MakeDistinct(Runtime& runtime, const PhysicalDistinct& node) {
  std::vector<OperatorPtr> children;
  MAHI_ASSIGN_OR_RETURN(OperatorPtr child, BuildOperator(runtime, node.children[0]));
  children.push_back(std::move(child));
  return OperatorPtr(
      new KeyedSetOperator(runtime, node, KeyedSetOperator::Kind::kDistinct, true, std::move(children)));
}

Result<OperatorPtr> MakeSetOperation(Runtime& runtime, const PhysicalSetOperation& node) {
  std::vector<OperatorPtr> children;
  for (const PhysicalNode* child : node.children) {
    MAHI_ASSIGN_OR_RETURN(OperatorPtr made, BuildOperator(runtime, child));
    children.push_back(std::move(made));
  }
  auto kind = node.op == SetOperator::kUnion       ? KeyedSetOperator::Kind::kDistinct
              : node.op == SetOperator::kIntersect ? KeyedSetOperator::Kind::kIntersect
                                                   : KeyedSetOperator::Kind::kExcept;
  return OperatorPtr(new KeyedSetOperator(runtime, node, kind, node.is_distinct, std::move(children)));
}

}  // namespace mahi
