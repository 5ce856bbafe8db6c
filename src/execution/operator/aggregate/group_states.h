// GroupStates: the states of aggregate functions, one block for each group, and all that happens to rows before they
// reach a state: arguments, DISTINCT, ORDER BY.
//
//   block := serial:u64 padding | state of aggregate 0 | state of aggregate 1 | ...     (16-byte aligned)
//
// Aggregates with ORDER BY are collected in a sorter and fed to their states by Finish.
// Thread safety: none.
#pragma once

#include <memory>
#include <vector>

#include "execution/expression/evaluator.h"
#include "execution/memory/key_table.h"
#include "execution/memory/sorter.h"

namespace mahi {

class GroupStates {
 public:
  explicit GroupStates(Runtime& runtime);
  ~GroupStates();

  // GROUPING() takes no state: its result column is left to the caller.
  Status Compile(const std::vector<AggregateExpression*>& aggregates);
  bool has_ordered() const { return has_ordered_; }

  char* NewGroup();
  void ReleaseGroup(char* block);
  // Forgets all groups.
  void Clear();

  // Evaluates the arguments for the batch's rows; then Update adds row r to the group block_of[r], any number of times.
  Status Start(const Batch& batch, const Selection& rows);
  Status Update(char* const* block_of);
  // Before the first Finalize when has_ordered.
  Status Finish();
  // Results of blocks[0..count) into columns first_column, ... of a Reset batch.
  Status Finalize(char* const* blocks, uint32_t count, Batch* output, size_t first_column);

  size_t memory_bytes();

 private:
  struct Aggregate {
    const AggregateExpression* expression = nullptr;
    size_t offset = 0;
    bool is_distinct = false;
    std::vector<EvaluatorPtr> arguments, order;
    std::vector<const Vector*> values, order_values;
    std::unique_ptr<KeyTable> seen;
    std::unique_ptr<Sorter> sorter;
    std::vector<SqlType> argument_types;
  };
  Status UpdateOne(Aggregate& aggregate, const std::vector<const Vector*>& values, const Selection& rows,
                   char* const* block_of);
  Status KeepForSort(Aggregate& aggregate, const Selection& rows, char* const* block_of);
  static uint64_t SerialOf(const char* block);

  Runtime& runtime_;
  std::vector<Aggregate> aggregates_;
  size_t block_bytes_ = 16;
  bool has_ordered_ = false;
  RowArena arena_;
  std::vector<char*> live_;        // by serial, null when released; only kept where needed
  std::vector<char*> free_;
  uint64_t next_serial_ = 0;
  Selection rows_;
  const Batch* batch_ = nullptr;
  SelectionBuffer narrowed_;
  std::string key_;
  std::vector<void*> states_;
  size_t state_memory_ = 0;
  uint64_t updates_ = 0;
};

}  // namespace mahi
