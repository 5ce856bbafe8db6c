// What conditions imply: simplification, common factors of ORs, rejection of NULL-supplied rows.
// Thread safety: one call, one thread.
#pragma once

#include <optional>
#include <vector>

#include "optimizer/column_set.h"
#include "optimizer/planner.h"

namespace mahi {

// Conjuncts of a WHERE, ON or HAVING condition, where NULL counts as false: constant truths and repetitions go,
// a = 1 OR a = 2 OR ... becomes IN, and (a AND b) OR (a AND c) becomes a AND (b OR c).
// False: no row can satisfy them.
bool SimplifyConjuncts(Planner& planner, std::vector<Expression*>* conjuncts);

// What an OR over several tables says about the columns of `columns` alone: when each branch has conjuncts over
// them only, the OR of those. Null: nothing.
Expression* ImpliedDisjunction(Planner& planner, Expression* conjunct, const ColumnSet& columns);

// True when the conjunct cannot be true in a row in which all of `columns` are NULL.
bool RejectsNull(Expression* conjunct, const ColumnSet& columns);

// left = right, resolved; null when the types do not go together.
Expression* MakeEqual(Planner& planner, Expression* left, Expression* right);
// A call of a built-in on arguments that already have the right types; null when it wants others.
Expression* MakeCall(Planner& planner, std::string_view name, std::vector<Expression*> arguments);

}  // namespace mahi
