#include "execution/operator/aggregate/group_states.h"

#include <cstring>

#include "base/bytes.h"
#include "execution/memory/key_encoder.h"

namespace mahi {

namespace {

bool IgnoresDuplicates(const AggregateDescriptor* aggregate) {
  if (aggregate == nullptr) return false;
  for (std::string_view name : {"min", "max", "bit_and", "bit_or", "any_value"}) {
    if (aggregate->name == name) return true;
  }
  return false;
}

}  // namespace

GroupStates::GroupStates(Runtime& runtime) : runtime_(runtime), states_(kBatchRows) {}
GroupStates::~GroupStates() { Clear(); }

uint64_t GroupStates::SerialOf(const char* block) { return LoadLittle<uint64_t>(block); }

Status GroupStates::Compile(const std::vector<AggregateExpression*>& aggregates) {
  for (const AggregateExpression* expression : aggregates) {
    Aggregate aggregate;
    aggregate.expression = expression;
    aggregate.offset = block_bytes_;
    if (!expression->is_grouping) {
      block_bytes_ += (expression->signature.state_bytes + 15) & ~size_t{15};
      MAHI_ASSIGN_OR_RETURN(aggregate.arguments, CompileExpressions(runtime_, expression->arguments));
      for (const EvaluatorPtr& argument : aggregate.arguments) aggregate.argument_types.push_back(argument->type());
      bool ignores_order = expression->aggregate != nullptr && expression->aggregate->ignores_order;
      if (expression->options.is_distinct && !IgnoresDuplicates(expression->aggregate)) {
        aggregate.is_distinct = true;
        aggregate.seen = std::make_unique<KeyTable>();
      }
      if (!expression->order_by.empty() && !ignores_order) {
        for (const SortKey& key : expression->order_by) {
          MAHI_ASSIGN_OR_RETURN(EvaluatorPtr order, CompileExpression(runtime_, key.expression));
          aggregate.order.push_back(std::move(order));
        }
        aggregate.sorter = std::make_unique<Sorter>(runtime_, aggregate.argument_types,
                                                    runtime_.context.sort_buffer_bytes);
        has_ordered_ = true;
      }
    }
    aggregates_.push_back(std::move(aggregate));
  }
  return Status::Ok();
}

char* GroupStates::NewGroup() {
  char* block;
  if (!free_.empty()) {
    block = free_.back();
    free_.pop_back();
  } else {
    block = arena_.Allocate(block_bytes_ + 8);
    block += reinterpret_cast<uintptr_t>(block) % 16;
  }
  uint64_t serial = next_serial_++;
  std::memcpy(block, &serial, 8);
  uint64_t place = live_.size();
  std::memcpy(block + 8, &place, 8);
  live_.push_back(block);
  for (Aggregate& aggregate : aggregates_) {
    if (!aggregate.expression->is_grouping) aggregate.expression->signature.initialize(block + aggregate.offset);
  }
  return block;
}

void GroupStates::ReleaseGroup(char* block) {
  for (Aggregate& aggregate : aggregates_) {
    const AggregateExpression& expression = *aggregate.expression;
    if (!expression.is_grouping && expression.signature.destroy != nullptr) {
      expression.signature.destroy(block + aggregate.offset);
    }
  }
  // The last live block takes the place of this one.
  uint64_t place = LoadLittle<uint64_t>(block + 8);
  char* last = live_.back();
  live_[place] = last;
  std::memcpy(last + 8, &place, 8);
  live_.pop_back();
  free_.push_back(block);
}

void GroupStates::Clear() {
  while (!live_.empty()) ReleaseGroup(live_.back());
  free_.clear();
  arena_.Clear();
  next_serial_ = 0;
  state_memory_ = 0;
  for (Aggregate& aggregate : aggregates_) {
    if (aggregate.seen != nullptr) aggregate.seen->Clear();
    if (aggregate.sorter != nullptr) aggregate.sorter->Reset();
  }
}

Status GroupStates::Start(const Batch& batch, const Selection& rows) {
  batch_ = &batch;
  rows_ = rows;
  for (Aggregate& aggregate : aggregates_) {
    aggregate.values.clear();
    aggregate.order_values.clear();
    for (const EvaluatorPtr& argument : aggregate.arguments) {
      MAHI_ASSIGN_OR_RETURN(const Vector* value, argument->Evaluate(batch, rows));
      aggregate.values.push_back(value);
    }
    for (const EvaluatorPtr& order : aggregate.order) {
      MAHI_ASSIGN_OR_RETURN(const Vector* value, order->Evaluate(batch, rows));
      aggregate.order_values.push_back(value);
    }
  }
  return Status::Ok();
}

Status GroupStates::Update(char* const* block_of) {
  for (Aggregate& aggregate : aggregates_) {
    if (aggregate.expression->is_grouping) continue;
    Selection rows = rows_;
    if (aggregate.is_distinct) {
      narrowed_.Clear();
      for (uint32_t i = 0; i < rows_.count; ++i) {
        uint32_t row = rows_[i];
        key_.assign(block_of[row], 8);
        for (const Vector* value : aggregate.values) AppendEqualityKey(*value, row, &key_);
        bool is_new = false;
        aggregate.seen->FindOrInsert(key_, &is_new);
        if (is_new) narrowed_.Append(row);
      }
      rows = narrowed_.View();
      if (rows.count == 0) continue;
    }
    if (aggregate.sorter != nullptr) {
      MAHI_RETURN_IF_ERROR(KeepForSort(aggregate, rows, block_of));
    } else {
      MAHI_RETURN_IF_ERROR(UpdateOne(aggregate, aggregate.values, rows, block_of));
    }
  }
  return Status::Ok();
}

Status GroupStates::UpdateOne(Aggregate& aggregate, const std::vector<const Vector*>& values, const Selection& rows,
                              char* const* block_of) {
  size_t offset = aggregate.offset;
  rows.ForEach([&](uint32_t row) { states_[row] = block_of[row] + offset; });
  AggregateCall call{runtime_.evaluation(), values, rows, states_.data(), aggregate.expression->options};
  return aggregate.expression->signature.update(call);
}

Status GroupStates::KeepForSort(Aggregate& aggregate, const Selection& rows, char* const* block_of) {
  Batch arguments;
  for (const Vector* value : aggregate.values) {
    arguments.columns().emplace_back(value->type(), 1);
    arguments.columns().back().Reference(*value);
  }
  const auto& order_by = aggregate.expression->order_by;
  for (uint32_t i = 0; i < rows.count; ++i) {
    uint32_t row = rows[i];
    key_.clear();
    AppendBig(&key_, reinterpret_cast<uint64_t>(block_of[row]));
    for (size_t k = 0; k < order_by.size(); ++k) {
      AppendSortKey(*aggregate.order_values[k], row, order_by[k].is_descending, &key_);
    }
    MAHI_RETURN_IF_ERROR(aggregate.sorter->Add(key_, arguments, row));
  }
  return Status::Ok();
}

Status GroupStates::Finish() {
  for (Aggregate& aggregate : aggregates_) {
    if (aggregate.sorter == nullptr) continue;
    MAHI_RETURN_IF_ERROR(aggregate.sorter->Finish());
    Batch arguments(aggregate.argument_types);
    std::vector<const char*> rows(kBatchRows);
    std::vector<std::string_view> keys(kBatchRows);
    std::vector<char*> blocks(kBatchRows);
    while (true) {
      MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
      MAHI_ASSIGN_OR_RETURN(uint32_t count, aggregate.sorter->NextRows(rows.data(), keys.data(), kBatchRows));
      if (count == 0) break;
      arguments.Reset();
      aggregate.sorter->layout().Gather({rows.data(), count}, &arguments);
      for (uint32_t i = 0; i < count; ++i) {
        blocks[i] = reinterpret_cast<char*>(LoadBig<uint64_t>(keys[i].data()));
      }
      std::vector<const Vector*> values;
      for (size_t i = 0; i < arguments.column_count(); ++i) values.push_back(&arguments.column(i));
      MAHI_RETURN_IF_ERROR(UpdateOne(aggregate, values, Selection::All(count), blocks.data()));
    }
    aggregate.sorter->Reset();
  }
  return Status::Ok();
}

Status GroupStates::Finalize(char* const* blocks, uint32_t count, Batch* output, size_t first_column) {
  for (size_t a = 0; a < aggregates_.size(); ++a) {
    const AggregateExpression& expression = *aggregates_[a].expression;
    if (expression.is_grouping) continue;
    for (uint32_t i = 0; i < count; ++i) states_[i] = blocks[i] + aggregates_[a].offset;
    MAHI_RETURN_IF_ERROR(expression.signature.finalize(runtime_.evaluation(), states_.data(), count,
                                                       expression.options, &output->column(first_column + a)));
  }
  return Status::Ok();
}

size_t GroupStates::memory_bytes() {
  // What states hold outside themselves is counted now and then, since it takes a walk over all of them.
  if ((updates_++ & 63) == 0) {
    state_memory_ = 0;
    for (const Aggregate& aggregate : aggregates_) {
      if (aggregate.expression->is_grouping || aggregate.expression->signature.memory_bytes == nullptr) continue;
      for (const char* block : live_) {
        state_memory_ += aggregate.expression->signature.memory_bytes(block + aggregate.offset);
      }
    }
  }
  size_t bytes = arena_.allocated_bytes() + live_.capacity() * 8 + state_memory_;
  for (const Aggregate& aggregate : aggregates_) {
    if (aggregate.seen != nullptr) bytes += aggregate.seen->memory_bytes();
  }
  return bytes;
}

}  // namespace mahi
