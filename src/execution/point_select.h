// PointSelect: the closed routine for SELECT of plain columns of one row by a complete unique key. It bypasses operators
// and evaluators: bind the key, look the row up, hand its columns out where they lie.
//
//   auto point = PointSelect::Prepare(plan);       once for each cached plan; null when the plan has another shape
//   MAHI_ASSIGN_OR_RETURN(PointSelect::Outcome outcome, point->Run(context, values));
//
// No allocation on the way, but what the storage engine does itself.
// Thread safety: one thread; belongs to a session. The plan must outlive it.
#pragma once

#include <memory>
#include <vector>

#include "execution/executor.h"

namespace mahi {

class PointSelect {
 public:
  enum class Outcome {
    kRow,         // `values` hold the row; valid until the next Run
    kNoRow,
    kUnsuitable,  // these parameters need conversions: run the plan in the general way
  };

  static std::unique_ptr<PointSelect> Prepare(const Plan& plan);
  ~PointSelect();

  // Looks up the row for context.parameters. `values` has room for column_count() datums.
  Result<Outcome> Run(ExecutionContext& context, Datum* values);
  size_t column_count() const;
  // Types of the values.
  const std::vector<SqlType>& types() const;

 private:
  struct State;
  explicit PointSelect(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mahi
