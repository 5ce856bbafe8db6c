// HashAggregate: groups in a hash table.
//
// When the statement is over its memory limit no further groups are made: rows of unknown groups go to partitions by
// hash. At the end the groups in memory are put out, and each partition is aggregated in the same way.
#include <algorithm>
#include <array>

#include "execution/memory/key_encoder.h"
#include "execution/memory/row_store.h"
#include "execution/operator/aggregate/group_states.h"
#include "execution/operator/factories.h"

namespace mahi {

namespace {

constexpr uint32_t kPartitions = 32;
constexpr uint32_t kMaxLevel = 5;
constexpr size_t kLeastBytes = 256 * 1024;

class HashAggregateOperator : public Operator {
 public:
  HashAggregateOperator(Runtime& runtime, const PhysicalHashAggregate& node, OperatorPtr child)
      : Operator(runtime, node), aggregate_(node), child_(std::move(child)), states_(runtime),
        memory_(runtime.memory), block_of_(kBatchRows), loading_(child_->types()), output_(node.types) {}

  Status Compile() {
    MAHI_ASSIGN_OR_RETURN(keys_, CompileExpressions(runtime_, aggregate_.keys));
    std::vector<SqlType> types;
    for (const EvaluatorPtr& key : keys_) types.push_back(key->type());
    key_layout_ = SpilledRowLayout(types);
    for (const SqlType& type : types) key_batch_.columns().emplace_back(type, 1);
    return states_.Compile(aggregate_.aggregates);
  }

  Status OpenImpl() override {
    Clear();
    parts_ = Parts();
    work_.clear();
    level_ = 0;
    is_collected_ = false;
    return child_->Open();
  }

  Result<Batch*> NextImpl() override {
    if (!is_collected_) {
      is_collected_ = true;
      while (true) {
        MAHI_ASSIGN_OR_RETURN(Batch* batch, child_->Next());
        if (batch == nullptr) break;
        MAHI_RETURN_IF_ERROR(Add(*batch));
      }
      if (keys_.empty() && blocks_.empty()) blocks_.push_back(states_.NewGroup());
      MAHI_RETURN_IF_ERROR(FinishRound());
    }
    while (next_ >= blocks_.size()) {
      if (work_.empty()) return nullptr;
      MAHI_RETURN_IF_ERROR(NextPartition());
    }
    uint32_t count = static_cast<uint32_t>(std::min<size_t>(blocks_.size() - next_, runtime_.batch_rows));
    output_.Reset();
    if (!keys_.empty()) key_layout_.Gather({key_rows_.data() + next_, count}, &output_);
    MAHI_RETURN_IF_ERROR(states_.Finalize(blocks_.data() + next_, count, &output_, keys_.size()));
    for (size_t a = 0; a < aggregate_.aggregates.size(); ++a) {
      if (!aggregate_.aggregates[a]->is_grouping) continue;
      for (uint32_t i = 0; i < count; ++i) output_.column(keys_.size() + a).SetInt64(i, 0);
    }
    output_.set_row_count(count);
    next_ += count;
    return &output_;
  }

 private:
  using Parts = std::array<std::unique_ptr<RowStore>, kPartitions>;

  void Clear() {
    states_.Clear();
    table_.Clear();
    blocks_.clear();
    key_rows_.clear();
    key_arena_ = RowArena();
    next_ = 0;
    is_full_ = false;
    memory_.Set(0);
  }

  Status Add(const Batch& batch) {
    Selection rows = batch.rows();
    if (keys_.empty()) {
      if (blocks_.empty()) blocks_.push_back(states_.NewGroup());
      rows.ForEach([&](uint32_t row) { block_of_[row] = blocks_[0]; });
    } else {
      for (size_t i = 0; i < keys_.size(); ++i) {
        MAHI_ASSIGN_OR_RETURN(const Vector* value, keys_[i]->Evaluate(batch, rows));
        key_batch_.column(i).Reference(*value);
      }
      kept_.Clear();
      bool has_aside = false;
      for (uint32_t i = 0; i < rows.count; ++i) {
        uint32_t row = rows[i];
        key_.clear();
        for (size_t k = 0; k < keys_.size(); ++k) AppendEqualityKey(key_batch_.column(k), row, &key_);
        bool is_new = false;
        uint32_t index = is_full_ ? table_.Find(key_) : table_.FindOrInsert(key_, &is_new);
        if (index == KeyTable::kNone) {
          MAHI_RETURN_IF_ERROR(PutAside(batch, row));
          has_aside = true;
          continue;
        }
        if (is_new) {
          blocks_.push_back(states_.NewGroup());
          char* key_row = key_arena_.Allocate(key_layout_.RowBytes(key_batch_, row));
          key_layout_.Write(key_batch_, row, key_row);
          key_rows_.push_back(key_row);
        }
        block_of_[row] = blocks_[index];
        kept_.Append(row);
      }
      for (Vector& column : key_batch_.columns()) column.Release();
      if (has_aside) rows = kept_.View();
    }
    if (rows.count == 0) return Status::Ok();
    MAHI_RETURN_IF_ERROR(states_.Start(batch, rows));
    MAHI_RETURN_IF_ERROR(states_.Update(block_of_.data()));
    memory_.Set(states_.memory_bytes() + table_.memory_bytes() + key_arena_.allocated_bytes() +
                (blocks_.capacity() + key_rows_.capacity()) * 8);
    if (runtime_.memory.is_over_limit() && memory_.bytes() > kLeastBytes && level_ < kMaxLevel) is_full_ = true;
    return Status::Ok();
  }

  Status PutAside(const Batch& batch, uint32_t row) {
    auto& part = parts_[static_cast<uint32_t>(HashBytes(key_) >> (59 - 5 * level_)) % kPartitions];
    if (part == nullptr) part = std::make_unique<RowStore>(runtime_, child_->types());
    uint16_t position = static_cast<uint16_t>(row);
    return part->Append(batch, Selection{&position, 1});
  }

  Status FinishRound() {
    for (auto& part : parts_) {
      if (part != nullptr) work_.push_back({std::move(part), level_ + 1});
    }
    parts_ = Parts();
    next_ = 0;
    return states_.has_ordered() ? states_.Finish() : Status::Ok();
  }

  Status NextPartition() {
    Clear();
    Work work = std::move(work_.back());
    work_.pop_back();
    level_ = work.level;
    RowStoreReader reader(work.rows.get());
    while (true) {
      MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
      loading_.Reset();
      MAHI_ASSIGN_OR_RETURN(uint32_t count, reader.Next(&loading_, kBatchRows));
      if (count == 0) break;
      loading_.set_row_count(count);
      MAHI_RETURN_IF_ERROR(Add(loading_));
    }
    return FinishRound();
  }

  struct Work {
    std::unique_ptr<RowStore> rows;
    uint32_t level = 0;
  };

  const PhysicalHashAggregate& aggregate_;
  OperatorPtr child_;
  std::vector<EvaluatorPtr> keys_;
  SpilledRowLayout key_layout_;
  Batch key_batch_;
  GroupStates states_;
  KeyTable table_;
  std::vector<char*> blocks_;          // by group
  std::vector<const char*> key_rows_;  // likewise
  RowArena key_arena_;
  MemoryUse memory_;
  std::vector<char*> block_of_;
  SelectionBuffer kept_;
  std::string key_;
  Parts parts_;
  std::vector<Work> work_;
  uint32_t level_ = 0;
  Batch loading_, output_;
  size_t next_ = 0;
  bool is_full_ = false;
  bool is_collected_ = false;
};

}  // namespace

Result<OperatorPtr> MakeHashAggregate(Runtime& runtime, const PhysicalHashAggregate& node) {
  if (node.with_rollup) return Error(ER_NOT_SUPPORTED_YET, "ROLLUP without order");
  MAHI_ASSIGN_OR_RETURN(OperatorPtr child, BuildOperator(runtime, node.children[0]));
  auto aggregate = std::make_unique<HashAggregateOperator>(runtime, node, std::move(child));
  MAHI_RETURN_IF_ERROR(aggregate->Compile());
  return OperatorPtr(std::move(aggregate));
}

}  // namespace mahi
