// Cardinality: how many rows a logical tree gives, and which part of rows a condition lets through.
//
// From row counts and the indexes' distinct counts where known; else from fixed guesses (in the .cc), which follow
// the usual ones of System R: 1/10 for an equality, 1/3 for an inequality, 1/4 for BETWEEN.
// Thread safety: one call, one thread.
#pragma once

#include <vector>

#include "optimizer/planner.h"

namespace mahi {

double TableRows(Planner& planner, const GetNode& get);
// Different values of a column among `rows` rows; a guess when there are no statistics.
double DistinctValues(Planner& planner, ColumnId column, double rows);
// Of one conjunct.
double Selectivity(Planner& planner, Expression* conjunct);
double Selectivity(Planner& planner, const std::vector<Expression*>& conjuncts);
double GroupCount(Planner& planner, const std::vector<Expression*>& keys, double rows);
// Of the tree; remembered in LogicalNode::estimated_rows.
double EstimateRows(Planner& planner, LogicalNode* node);

}  // namespace mahi
