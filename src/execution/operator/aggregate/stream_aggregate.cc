// StreamAggregate: the input is sorted by the keys, so a group is complete when its key changes. Also WITH ROLLUP, and
// aggregation without keys.
//
// ROLLUP keeps one open group for each prefix of the keys: level L groups by the first L keys. When key p changes, the
// groups of levels n .. p+1 are complete, and put out in this order; at the end all down to level 0.
// Source: MySQL 8.4 manual, "GROUP BY Modifiers".
#include <algorithm>
#include <cstring>

#include "execution/memory/key_encoder.h"
#include "execution/operator/aggregate/group_states.h"
#include "execution/operator/factories.h"

namespace mahi {

namespace {

class StreamAggregateOperator : public Operator {
 public:
  StreamAggregateOperator(Runtime& runtime, const PhysicalStreamAggregate& node, OperatorPtr child)
      : Operator(runtime, node), aggregate_(node), child_(std::move(child)), states_(runtime),
        memory_(runtime.memory), output_(node.types) {}

  Status Compile() {
    MAHI_ASSIGN_OR_RETURN(keys_, CompileExpressions(runtime_, aggregate_.keys));
    std::vector<SqlType> types;
    for (const EvaluatorPtr& key : keys_) types.push_back(key->type());
    key_layout_ = SpilledRowLayout(types);
    for (const SqlType& type : types) key_batch_.columns().emplace_back(type, 1);
    MAHI_RETURN_IF_ERROR(states_.Compile(aggregate_.aggregates));
    uint32_t width = static_cast<uint32_t>(keys_.size());
    for (uint32_t level = aggregate_.with_rollup ? 0 : width; level <= width; ++level) {
      levels_.push_back({level, nullptr, {}});
    }
    for (Level& level : levels_) level.block_of.resize(kBatchRows);
    previous_.resize(keys_.size());
    return Status::Ok();
  }

  Status OpenImpl() override {
    states_.Clear();
    closed_.clear();
    key_arenas_[0].Clear();
    key_arenas_[1].Clear();
    next_ = 0;
    is_at_end_ = false;
    has_row_ = false;
    key_row_ = nullptr;
    for (Level& level : levels_) level.block = level.keys == 0 ? states_.NewGroup() : nullptr;
    return child_->Open();
  }

  Result<Batch*> NextImpl() override {
    while (next_ >= closed_.size()) {
      if (is_at_end_) return nullptr;
      MAHI_RETURN_IF_ERROR(Advance());
    }
    return Emit();
  }

 private:
  struct Level {
    uint32_t keys;      // it groups by so many keys
    char* block;        // the open group; null before the first row
    std::vector<char*> block_of;
  };
  struct Closed {
    uint32_t keys;
    char* block;
    const char* key_row;
  };

  // Reads on until groups are complete.
  Status Advance() {
    for (const Closed& closed : closed_) states_.ReleaseGroup(closed.block);
    closed_.clear();
    next_ = 0;
    KeepKeyRow();
    while (true) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, child_->Next());
      if (batch == nullptr) break;
      MAHI_RETURN_IF_ERROR(Add(*batch));
      // Aggregates with ORDER BY get their rows in the end.
      if (!closed_.empty() && !states_.has_ordered()) return Status::Ok();
    }
    is_at_end_ = true;
    for (size_t i = levels_.size(); i-- > 0;) Close(&levels_[i]);
    return states_.has_ordered() ? states_.Finish() : Status::Ok();
  }

  void Close(Level* level) {
    if (level->block == nullptr) return;
    closed_.push_back({level->keys, level->block, key_row_});
    level->block = nullptr;
  }

  // The open group's key moves to the other arena, whose former rows are out.
  void KeepKeyRow() {
    RowArena& fresh = key_arenas_[1 - arena_];
    fresh.Clear();
    if (key_row_ != nullptr) {
      char* copy = fresh.Allocate(key_row_bytes_);
      std::memcpy(copy, key_row_, key_row_bytes_);
      key_row_ = copy;
    }
    arena_ = 1 - arena_;
  }

  Status Add(const Batch& batch) {
    Selection rows = batch.rows();
    uint32_t width = static_cast<uint32_t>(keys_.size());
    for (uint32_t k = 0; k < width; ++k) {
      MAHI_ASSIGN_OR_RETURN(const Vector* value, keys_[k]->Evaluate(batch, rows));
      key_batch_.column(k).Reference(*value);
    }
    for (uint32_t i = 0; i < rows.count; ++i) {
      uint32_t row = rows[i];
      uint32_t changed = width;
      for (uint32_t k = 0; k < width; ++k) {
        key_.clear();
        AppendEqualityKey(key_batch_.column(k), row, &key_);
        if (has_row_ && changed == width && key_ == previous_[k]) continue;
        if (!has_row_ || key_ != previous_[k]) changed = std::min(changed, k);
        previous_[k] = key_;
      }
      if (has_row_ && changed < width) {
        for (size_t l = levels_.size(); l-- > 0;) {
          if (levels_[l].keys > changed) Close(&levels_[l]);
        }
      }
      for (Level& level : levels_) {
        if (level.block == nullptr) level.block = states_.NewGroup();
        level.block_of[row] = level.block;
      }
      if (width > 0 && (!has_row_ || changed < width)) {
        key_row_bytes_ = key_layout_.RowBytes(key_batch_, row);
        char* key_row = key_arenas_[arena_].Allocate(key_row_bytes_);
        key_layout_.Write(key_batch_, row, key_row);
        key_row_ = key_row;
      }
      has_row_ = true;
    }
    for (Vector& column : key_batch_.columns()) column.Release();
    MAHI_RETURN_IF_ERROR(states_.Start(batch, rows));
    for (Level& level : levels_) MAHI_RETURN_IF_ERROR(states_.Update(level.block_of.data()));
    memory_.Set(states_.memory_bytes());
    return Status::Ok();
  }

  Result<Batch*> Emit() {
    uint32_t count = static_cast<uint32_t>(std::min<size_t>(closed_.size() - next_, runtime_.batch_rows));
    std::vector<const char*> key_rows(count);
    std::vector<char*> blocks(count);
    for (uint32_t i = 0; i < count; ++i) {
      key_rows[i] = closed_[next_ + i].key_row;
      blocks[i] = closed_[next_ + i].block;
    }
    output_.Reset();
    key_layout_.Gather(key_rows, &output_);
    uint32_t width = static_cast<uint32_t>(keys_.size());
    for (uint32_t i = 0; i < count; ++i) {
      for (uint32_t k = closed_[next_ + i].keys; k < width; ++k) output_.column(k).SetNull(i);
    }
    MAHI_RETURN_IF_ERROR(states_.Finalize(blocks.data(), count, &output_, width));
    for (size_t a = 0; a < aggregate_.aggregates.size(); ++a) {
      const AggregateExpression& expression = *aggregate_.aggregates[a];
      if (!expression.is_grouping) continue;
      for (uint32_t i = 0; i < count; ++i) {
        output_.column(width + a).SetInt64(i, Grouping(expression, closed_[next_ + i].keys));
      }
    }
    output_.set_row_count(count);
    next_ += count;
    return &output_;
  }

  // One bit for each argument, the last one lowest: set when the key is rolled up at this level.
  int64_t Grouping(const AggregateExpression& expression, uint32_t level) const {
    int64_t bits = 0;
    for (uint32_t key : expression.grouping_keys) bits = bits << 1 | (key >= level ? 1 : 0);
    for (const Expression* argument : expression.arguments) {
      bits = bits << 1 | (KeyOf(argument) >= level ? 1 : 0);
    }
    return bits;
  }
  uint32_t KeyOf(const Expression* argument) const {
    for (uint32_t k = 0; k < aggregate_.keys.size(); ++k) {
      const Expression* key = aggregate_.keys[k];
      if (key == argument) return k;
      const auto* key_column = TryAs<ColumnExpression>(key);
      const auto* column = TryAs<ColumnExpression>(argument);
      if (key_column != nullptr && column != nullptr && key_column->slot == column->slot) return k;
      if (key_column == nullptr && column == nullptr && !key->text.empty() && key->text == argument->text) return k;
    }
    return 0;
  }

  const PhysicalStreamAggregate& aggregate_;
  OperatorPtr child_;
  std::vector<EvaluatorPtr> keys_;
  SpilledRowLayout key_layout_;
  Batch key_batch_;
  GroupStates states_;
  MemoryUse memory_;
  std::vector<Level> levels_;  // fewest keys first
  std::vector<Closed> closed_;
  size_t next_ = 0;
  RowArena key_arenas_[2];
  int arena_ = 0;
  const char* key_row_ = nullptr;
  size_t key_row_bytes_ = 0;
  std::vector<std::string> previous_;
  std::string key_;
  Batch output_;
  bool has_row_ = false;
  bool is_at_end_ = false;
};

}  // namespace

Result<OperatorPtr> MakeStreamAggregate(Runtime& runtime, const PhysicalStreamAggregate& node) {
  MAHI_ASSIGN_OR_RETURN(OperatorPtr child, BuildOperator(runtime, node.children[0]));
  auto aggregate = std::make_unique<StreamAggregateOperator>(runtime, node, std::move(child));
  MAHI_RETURN_IF_ERROR(aggregate->Compile());
  return OperatorPtr(std::move(aggregate));
}

}  // namespace mahi
