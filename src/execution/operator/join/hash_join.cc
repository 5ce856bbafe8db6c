// HashJoin: the right side lies in a hash table, the left side streams past it.
//
// 1. Build: right rows go to an arena, chained by key in order of arrival. Keys are in equality form.
// 2. When the statement is over its memory limit both sides are written to 32 partitions by hash (grace join); each
//    pair of partitions is then joined alone, and divided again when it is still too large.
// 3. Probe: candidates of each left row go through the PairJoiner.
// 4. Right and full joins put out the unmarked right rows in the end.
//
// NOT IN (null-aware anti): any NULL key on the right, or on the left while the right is not empty, may match: such
// candidates are compared element by element. It does not spill, since NULLs concern every partition.
#include <algorithm>
#include <array>

#include "execution/memory/key_encoder.h"
#include "execution/memory/key_table.h"
#include "execution/memory/row_store.h"
#include "execution/operator/factories.h"
#include "execution/operator/join/pair_joiner.h"

namespace mahi {

namespace {

constexpr uint32_t kPartitions = 32;
constexpr uint32_t kMaxLevel = 4;

// Before each row: its successor in the chain, and PairJoiner's mark.
struct RowHeader {
  char* next;
  uint64_t mark;
};
static_assert(sizeof(RowHeader) == 16);
RowHeader* HeaderOf(const char* row) {
  return reinterpret_cast<RowHeader*>(const_cast<char*>(row) - sizeof(RowHeader));
}

// Keys of a batch's rows.
class KeyMaker {
 public:
  Status Compile(Runtime& runtime, const std::vector<Expression*>& keys, const std::vector<bool>& null_safe) {
    null_safe_ = null_safe;
    null_safe_.resize(keys.size());
    MAHI_ASSIGN_OR_RETURN(keys_, CompileExpressions(runtime, keys));
    return Status::Ok();
  }
  Status Start(const Batch& batch) {
    values_.clear();
    for (const EvaluatorPtr& key : keys_) {
      MAHI_ASSIGN_OR_RETURN(const Vector* value, key->Evaluate(batch, batch.rows()));
      values_.push_back(value);
    }
    return Status::Ok();
  }
  // False: a NULL makes the row match nothing.
  bool Make(uint32_t row, std::string* key) const {
    key->clear();
    bool is_matchable = true;
    for (size_t i = 0; i < values_.size(); ++i) {
      if (values_[i]->IsNull(row) && !null_safe_[i]) is_matchable = false;
      AppendEqualityKey(*values_[i], row, key);
    }
    return is_matchable;
  }
  const std::vector<const Vector*>& values() const { return values_; }

 private:
  std::vector<EvaluatorPtr> keys_;
  std::vector<bool> null_safe_;
  std::vector<const Vector*> values_;
};

class HashJoinOperator : public Operator {
 public:
  HashJoinOperator(Runtime& runtime, const PhysicalHashJoin& node, OperatorPtr left, OperatorPtr right)
      : Operator(runtime, node), join_(node), left_(std::move(left)), right_(std::move(right)),
        right_layout_(right_->types()), memory_(runtime.memory), loading_(right_->types()),
        left_loading_(left_->types()) {}

  Status Compile() {
    MAHI_RETURN_IF_ERROR(left_keys_.Compile(runtime_, join_.left_keys, join_.null_safe));
    MAHI_RETURN_IF_ERROR(right_keys_.Compile(runtime_, join_.right_keys, join_.null_safe));
    MAHI_ASSIGN_OR_RETURN(EvaluatorPtr condition, CompileOptional(runtime_, join_.condition));
    has_condition_ = condition != nullptr;
    is_semi_ = join_.type == JoinType::kSemi || join_.type == JoinType::kAnti;
    keeps_right_ = join_.type == JoinType::kRight || join_.type == JoinType::kFull;
    needs_rows_ = !is_semi_ || has_condition_ || join_.is_null_aware;
    joiner_ = std::make_unique<PairJoiner>(join_.type, left_->types(), right_->types(), std::move(condition),
                                           kBatchRows);
    return Status::Ok();
  }

  Status OpenImpl() override {
    ClearTable();
    work_.clear();
    current_ = Partition();
    is_partitioned_ = false;
    left_batch_ = nullptr;
    phase_ = Phase::kProbe;
    MAHI_RETURN_IF_ERROR(right_->Open());
    MAHI_RETURN_IF_ERROR(Build());
    // Nothing can come of an empty right side but what left rows give by themselves.
    bool needs_left = row_count_ > 0 || is_partitioned_ || join_.type == JoinType::kLeft ||
                      join_.type == JoinType::kFull || join_.type == JoinType::kAnti;
    if (!needs_left) {
      phase_ = Phase::kDone;
      return Status::Ok();
    }
    MAHI_RETURN_IF_ERROR(left_->Open());
    if (is_partitioned_) {
      MAHI_RETURN_IF_ERROR(PartitionLeft());
      phase_ = Phase::kNextPartition;
    }
    return Status::Ok();
  }

  Result<Batch*> NextImpl() override {
    while (true) {
      MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
      switch (phase_) {
        case Phase::kProbe: {
          MAHI_ASSIGN_OR_RETURN(Batch* batch, Probe());
          if (batch != nullptr) return batch;
          break;
        }
        case Phase::kRightRows: {
          Batch* batch = EmitRight();
          if (batch != nullptr) return batch;
          phase_ = is_partitioned_ ? Phase::kNextPartition : Phase::kDone;
          break;
        }
        case Phase::kNextPartition:
          MAHI_RETURN_IF_ERROR(NextPartition());
          break;
        case Phase::kDone:
          return nullptr;
      }
    }
  }

 private:
  enum class Phase { kProbe, kRightRows, kNextPartition, kDone };
  struct Partition {
    std::unique_ptr<RowStore> left, right;
    uint32_t level = 0;
  };
  using Partitions = std::array<std::unique_ptr<RowStore>, kPartitions>;

  void ClearTable() {
    table_.Clear();
    heads_.clear();
    tails_.clear();
    all_rows_.clear();
    null_rows_.clear();
    arena_ = RowArena();
    row_count_ = 0;
    memory_.Set(0);
  }

  static uint32_t PartitionOf(std::string_view key, uint32_t level) {
    return static_cast<uint32_t>(HashBytes(key) >> (59 - 5 * level)) % kPartitions;
  }

  void Account() {
    memory_.Set(arena_.allocated_bytes() + table_.memory_bytes() +
                (heads_.capacity() + tails_.capacity() + all_rows_.capacity() + null_rows_.capacity()) * 8);
  }

  Status AddToTable(const Batch& batch) {
    MAHI_RETURN_IF_ERROR(right_keys_.Start(batch));
    Selection rows = batch.rows();
    for (uint32_t i = 0; i < rows.count; ++i) {
      uint32_t row = rows[i];
      bool is_matchable = right_keys_.Make(row, &key_);
      ++row_count_;
      if (!is_matchable && !keeps_right_ && !join_.is_null_aware) continue;
      char* copy = nullptr;
      if (needs_rows_) {
        copy = arena_.Allocate(sizeof(RowHeader) + right_layout_.RowBytes(batch, row)) + sizeof(RowHeader);
        *HeaderOf(copy) = {nullptr, 0};
        right_layout_.Write(batch, row, copy);
        if (keeps_right_ || join_.is_null_aware) all_rows_.push_back(copy);
      }
      if (!is_matchable) {
        null_rows_.push_back(copy);
        continue;
      }
      bool is_new = false;
      uint32_t index = table_.FindOrInsert(key_, &is_new);
      if (!needs_rows_) continue;
      if (is_new) {
        heads_.push_back(copy);
        tails_.push_back(copy);
      } else {
        HeaderOf(tails_[index])->next = copy;
        tails_[index] = copy;
      }
    }
    Account();
    return Status::Ok();
  }

  Status Build() {
    while (true) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, right_->Next());
      if (batch == nullptr) return Status::Ok();
      if (is_partitioned_) {
        MAHI_RETURN_IF_ERROR(Distribute(*batch, right_keys_, &right_parts_, right_->types(), 0));
        continue;
      }
      MAHI_RETURN_IF_ERROR(AddToTable(*batch));
      if (runtime_.memory.is_over_limit() && memory_.bytes() > 256 * 1024 && CanSpill()) {
        MAHI_RETURN_IF_ERROR(SpillTable());
      }
    }
  }

  bool CanSpill() const { return !join_.is_null_aware && needs_rows_; }

  // The rows of the table go to partitions.
  Status SpillTable() {
    is_partitioned_ = true;
    std::vector<const char*> rows;
    auto flush = [&]() -> Status {
      loading_.Reset();
      right_layout_.Gather(rows, &loading_);
      loading_.set_row_count(static_cast<uint32_t>(rows.size()));
      rows.clear();
      return Distribute(loading_, right_keys_, &right_parts_, right_->types(), 0);
    };
    auto add = [&](const char* row) -> Status {
      rows.push_back(row);
      return rows.size() == kBatchRows ? flush() : Status::Ok();
    };
    for (char* head : heads_) {
      for (const char* row = head; row != nullptr; row = HeaderOf(row)->next) MAHI_RETURN_IF_ERROR(add(row));
    }
    for (const char* row : null_rows_) MAHI_RETURN_IF_ERROR(add(row));
    if (!rows.empty()) MAHI_RETURN_IF_ERROR(flush());
    ClearTable();
    for (auto& part : right_parts_) {
      if (part != nullptr) MAHI_RETURN_IF_ERROR(part->Spill());
    }
    return Status::Ok();
  }

  Status Distribute(const Batch& batch, KeyMaker& keys, Partitions* parts, const std::vector<SqlType>& types,
                    uint32_t level) {
    MAHI_RETURN_IF_ERROR(keys.Start(batch));
    Selection rows = batch.rows();
    for (uint32_t i = 0; i < rows.count; ++i) {
      uint16_t row = static_cast<uint16_t>(rows[i]);
      keys.Make(row, &key_);
      auto& part = (*parts)[PartitionOf(key_, level)];
      if (part == nullptr) part = std::make_unique<RowStore>(runtime_, types);
      MAHI_RETURN_IF_ERROR(part->Append(batch, Selection{&row, 1}));
    }
    return Status::Ok();
  }

  void QueuePartitions(Partitions* left, Partitions* right, uint32_t level) {
    for (uint32_t i = 0; i < kPartitions; ++i) {
      Partition partition{std::move((*left)[i]), std::move((*right)[i]), level};
      if (partition.left != nullptr || (partition.right != nullptr && keeps_right_)) {
        work_.push_back(std::move(partition));
      }
    }
  }

  Status PartitionLeft() {
    Partitions left;
    while (true) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, left_->Next());
      if (batch == nullptr) break;
      MAHI_RETURN_IF_ERROR(Distribute(*batch, left_keys_, &left, left_->types(), 0));
    }
    QueuePartitions(&left, &right_parts_, 1);
    right_parts_ = Partitions();
    return Status::Ok();
  }

  Status NextPartition() {
    ClearTable();
    if (work_.empty()) {
      phase_ = Phase::kDone;
      return Status::Ok();
    }
    current_ = std::move(work_.back());
    work_.pop_back();
    left_batch_ = nullptr;
    phase_ = Phase::kProbe;
    if (current_.right != nullptr) {
      RowStoreReader reader(current_.right.get());
      while (true) {
        MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
        loading_.Reset();
        MAHI_ASSIGN_OR_RETURN(uint32_t count, reader.Next(&loading_, kBatchRows));
        if (count == 0) break;
        loading_.set_row_count(count);
        MAHI_RETURN_IF_ERROR(AddToTable(loading_));
        if (runtime_.memory.is_over_limit() && memory_.bytes() > 256 * 1024 && current_.level < kMaxLevel &&
            table_.size() > 1) {
          return Divide();
        }
      }
    }
    if (current_.left != nullptr) left_reader_.Open(current_.left.get());
    return Status::Ok();
  }

  // The present partition is too large: both sides are divided by further bits of the hash.
  Status Divide() {
    ClearTable();
    Partitions left, right;
    uint32_t level = current_.level;
    auto divide = [&](RowStore* store, Batch* batch, KeyMaker& keys, Partitions* parts,
                      const std::vector<SqlType>& types) -> Status {
      if (store == nullptr) return Status::Ok();
      RowStoreReader reader(store);
      while (true) {
        MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
        batch->Reset();
        MAHI_ASSIGN_OR_RETURN(uint32_t count, reader.Next(batch, kBatchRows));
        if (count == 0) return Status::Ok();
        batch->set_row_count(count);
        MAHI_RETURN_IF_ERROR(Distribute(*batch, keys, parts, types, level));
      }
    };
    MAHI_RETURN_IF_ERROR(divide(current_.right.get(), &loading_, right_keys_, &right, right_->types()));
    MAHI_RETURN_IF_ERROR(divide(current_.left.get(), &left_loading_, left_keys_, &left, left_->types()));
    current_ = Partition();
    QueuePartitions(&left, &right, level + 1);
    phase_ = Phase::kNextPartition;
    return Status::Ok();
  }

  Result<Batch*> NextLeft() {
    if (!is_partitioned_) return left_->Next();
    if (current_.left == nullptr) return nullptr;
    left_loading_.Reset();
    MAHI_ASSIGN_OR_RETURN(uint32_t count, left_reader_.Next(&left_loading_, kBatchRows));
    if (count == 0) return nullptr;
    left_loading_.set_row_count(count);
    return &left_loading_;
  }

  // One output batch, or null when the left side is at its end (the phase has changed then) or nothing came out yet.
  Result<Batch*> Probe() {
    if (left_batch_ == nullptr) {
      MAHI_ASSIGN_OR_RETURN(left_batch_, NextLeft());
      if (left_batch_ == nullptr) {
        next_right_ = 0;
        phase_ = keeps_right_ ? Phase::kRightRows : is_partitioned_ ? Phase::kNextPartition : Phase::kDone;
        return nullptr;
      }
      joiner_->StartLeft(left_batch_);
      MAHI_RETURN_IF_ERROR(left_keys_.Start(*left_batch_));
      left_position_ = 0;
      is_in_row_ = false;
    }
    Selection rows = left_batch_->rows();
    while (left_position_ < rows.count) {
      uint32_t row = rows[left_position_];
      if (!is_in_row_) {
        StartRow(row);
        is_in_row_ = true;
      }
      while (!joiner_->is_full() && HasCandidate()) {
        if (!joiner_->needs_more(row)) break;
        const char* candidate = TakeCandidate();
        if (join_.is_null_aware && !MayEqual(row, candidate)) continue;
        joiner_->Add(row, candidate);
      }
      if (joiner_->is_full()) return joiner_->Flush();
      joiner_->FinishLeft(row);
      is_in_row_ = false;
      ++left_position_;
    }
    if (joiner_->has_pairs()) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, joiner_->Flush());
      if (batch != nullptr) return batch;
    }
    Batch* result = is_semi_ ? joiner_->TakeLeft() : nullptr;
    left_batch_ = nullptr;
    return result;
  }

  void StartRow(uint32_t row) {
    chain_ = nullptr;
    list_ = nullptr;
    list_position_ = 0;
    bool is_matchable = left_keys_.Make(row, &key_);
    if (join_.is_null_aware) {
      if (row_count_ == 0) return;
      if (!is_matchable) {
        if (!has_condition_ && join_.left_keys.size() == 1) {
          joiner_->SetMatched(row);
        } else {
          list_ = &all_rows_;
        }
        return;
      }
      if (!null_rows_.empty()) {
        if (!has_condition_ && join_.left_keys.size() == 1) {
          joiner_->SetMatched(row);
          return;
        }
        list_ = &null_rows_;
      }
    }
    if (!is_matchable) return;
    uint32_t index = table_.Find(key_);
    if (index == KeyTable::kNone) return;
    if (needs_rows_) {
      chain_ = heads_[index];
    } else {
      joiner_->SetMatched(row);
    }
  }
  bool HasCandidate() const {
    return chain_ != nullptr || (list_ != nullptr && list_position_ < list_->size());
  }
  const char* TakeCandidate() {
    if (chain_ != nullptr) {
      const char* row = chain_;
      chain_ = HeaderOf(row)->next;
      return row;
    }
    return (*list_)[list_position_++];
  }

  // Whether no pair of key elements is known to differ.
  bool MayEqual(uint32_t left_row, const char* candidate) {
    if (list_ == nullptr) return true;
    loading_.Reset();
    const char* rows[] = {candidate};
    right_layout_.Gather(rows, &loading_);
    loading_.set_row_count(1);
    if (!right_keys_.Start(loading_).ok()) return true;
    for (size_t i = 0; i < left_keys_.values().size(); ++i) {
      const Vector& left = *left_keys_.values()[i];
      const Vector& right = *right_keys_.values()[i];
      if (!left.IsNull(left_row) && !right.IsNull(0) && !EqualAt(left, left_row, right, 0)) return false;
    }
    return true;
  }

  Batch* EmitRight() {
    std::vector<const char*> rows;
    while (next_right_ < all_rows_.size() && rows.size() < kBatchRows) {
      const char* row = all_rows_[next_right_++];
      if (!PairJoiner::IsMarked(row)) rows.push_back(row);
    }
    return rows.empty() ? nullptr : joiner_->EmitRight(rows);
  }

  const PhysicalHashJoin& join_;
  OperatorPtr left_, right_;
  SpilledRowLayout right_layout_;
  KeyMaker left_keys_, right_keys_;
  std::unique_ptr<PairJoiner> joiner_;
  bool has_condition_ = false;
  bool is_semi_ = false;
  bool keeps_right_ = false;
  bool needs_rows_ = true;

  // The table.
  KeyTable table_;
  std::vector<char*> heads_, tails_;
  std::vector<const char*> all_rows_, null_rows_;
  RowArena arena_;
  uint64_t row_count_ = 0;
  MemoryUse memory_;
  std::string key_;

  // Partitions.
  bool is_partitioned_ = false;
  Partitions right_parts_;
  std::vector<Partition> work_;
  Partition current_;
  RowStoreReader left_reader_;
  Batch loading_, left_loading_;

  // The probe's place.
  Phase phase_ = Phase::kDone;
  Batch* left_batch_ = nullptr;
  uint32_t left_position_ = 0;
  bool is_in_row_ = false;
  const char* chain_ = nullptr;
  const std::vector<const char*>* list_ = nullptr;
  size_t list_position_ = 0;
  size_t next_right_ = 0;
};

}  // namespace

Result<OperatorPtr> MakeHashJoin(Runtime& runtime, const PhysicalHashJoin& node) {
  MAHI_ASSIGN_OR_RETURN(OperatorPtr left, BuildOperator(runtime, node.children[0]));
  MAHI_ASSIGN_OR_RETURN(OperatorPtr right, BuildOperator(runtime, node.children[1]));
  auto join = std::make_unique<HashJoinOperator>(runtime, node, std::move(left), std::move(right));
  MAHI_RETURN_IF_ERROR(join->Compile());
  return OperatorPtr(std::move(join));
}

}  // namespace mahi
