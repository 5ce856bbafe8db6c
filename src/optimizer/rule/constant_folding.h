// Constant folding: calls of pure functions on constants become constants.
//
// A call is evaluated once, now, when doing so gives neither an error nor a warning; otherwise it stays, so that
// the condition arises when, and only when, a row reaches it. Functions that depend on the session or the moment stay.
// AND and OR are decided by a constant operand that decides them.
// Thread safety: one call, one thread.
#pragma once

#include <optional>

#include "optimizer/planner.h"

namespace mahi {

// Folds within `expression`; returns it or what takes its place. Does not enter subqueries' plans.
Expression* FoldConstants(Planner& planner, Expression* expression);
// In all expressions of the tree (not of subqueries).
void FoldConstants(Planner& planner, LogicalNode* node);

// The truth value of a constant condition; nullopt: not constant. NULL counts as false.
std::optional<bool> KnownCondition(const Expression* expression);

}  // namespace mahi
