// StatementBinder: binds one statement. Its members are spread over the .cc files of this folder by topic:
//
//   bind_literal.cc        literals, parameters, variables
//   bind_expression.cc     operators, functions, casts
//   bind_comparison.cc     comparisons, IN, BETWEEN, rows
//   bind_subquery.cc       subquery expressions, outer columns
//   bind_aggregate.cc      aggregates, window functions
//   name_resolution.cc     column names
//   bind_from.cc           table references, joins
//   bind_query.cc          query expressions, set operations, common table expressions
//   bind_select.cc         query blocks: order of clauses, plan assembly
//   grouping.cc            rewriting expressions over groups, ONLY_FULL_GROUP_BY
//   bind_insert.cc, bind_change.cc (UPDATE, DELETE), bind_load.cc
//   row_expressions.cc     generated columns, defaults, checks
// Thread safety: one statement, one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/privilege.h"
#include "binder/binder.h"
#include "binder/internal/scope.h"
#include "catalog/schema_reader.h"
#include "charset/charset.h"
#include "function/registry.h"
#include "function/window.h"
#include "parser/ast/dml.h"
#include "parser/ast/statement.h"
#include "types/sql_mode.h"

namespace mahi {

// A common table expression, in a list from the innermost declaration outwards.
struct CteBinding {
  CteBinding* next = nullptr;
  std::string_view name;
  const ast::CommonTable* table = nullptr;
  // Bound definition.
  uint32_t cte = 0;
  LogicalNode* definition = nullptr;
  std::vector<ColumnId> definition_ids;
  std::vector<ScopeColumn> columns;
  std::vector<ProjectNode*> references;   // each reads a CteReferenceNode
  Captures* level = nullptr;              // subquery level of the declaration
  bool is_used_deeper = false;            // referenced from within a subquery expression
  bool is_recursive = false;
  // While the step of a recursive one is bound.
  bool is_being_bound = false;
  bool in_step = false;
  bool forbids_reference = false;         // in the seed, or in a subquery of the step
  Captures* step_level = nullptr;
  std::vector<WorkingTableNode*> working;
};

// A bound query: plan and columns. columns[i].id is node->output[i].
struct BoundQuery {
  LogicalNode* node = nullptr;
  std::vector<ScopeColumn> columns;
  std::vector<FunctionalDependency> dependencies;
};

class GroupRewriter;

class StatementBinder {
 public:
  StatementBinder(const BindContext& context, Plan* plan);

  Status BindSelectStatement(const ast::SelectStatement& statement);
  Status BindInsert(const ast::InsertStatement& statement);
  Status BindUpdate(const ast::UpdateStatement& statement);
  Status BindDelete(const ast::DeleteStatement& statement);
  Status BindLoadData(const ast::LoadDataStatement& statement);
  Status BindDo(const ast::DoStatement& statement);
  Result<Expression*> BindWithoutColumns(const ast::Expression& expression);
  Result<RowExpressions> BindRowExpressions(const TableDefinition& table);
  Result<Expression*> BindOverRow(const TableDefinition& table, const std::vector<ColumnId>& row,
                                  const ast::Expression& expression, std::string_view clause);
  void set_statement_text(std::string_view text) { text_ = plan_.arena.Copy(text); }
  Status Finish();

  // A query as the source of CREATE TABLE ... SELECT or CREATE VIEW.
  Result<BoundQuery> BindQueryExpression(const ast::QueryExpression& query, Scope* outer, Captures* captures,
                                         CteBinding* ctes);

 private:
  friend class GroupRewriter;

  // --- Expressions.
  Result<Expression*> Bind(const ast::Expression& expression, Scope* scope);
  Result<Expression*> BindInner(const ast::Expression& expression, Scope* scope);
  // As Bind, refusing rows and subqueries of several columns (1241).
  Result<Expression*> BindOperand(const ast::Expression& expression, Scope* scope);
  Result<Expression*> BindLiteral(const ast::Literal& literal);
  Result<Expression*> BindIntroducer(const ast::Introducer& introducer);
  Result<Expression*> BindColumnReference(const ast::ColumnReference& reference, Scope* scope);
  Result<Expression*> BindParameter(const ast::Parameter& parameter);
  Result<Expression*> BindUserVariable(const ast::UserVariable& variable);
  Result<Expression*> BindSystemVariable(const ast::SystemVariable& variable);
  Result<Expression*> BindUnary(const ast::Unary& unary, Scope* scope);
  Result<Expression*> BindBinary(const ast::Binary& binary, Scope* scope);
  Result<Expression*> BindChain(const ast::Chain& chain, Scope* scope);
  Result<Expression*> BindLogical(const ast::Logical& logical, Scope* scope);
  Result<Expression*> BindIsTest(const ast::IsTest& test, Scope* scope);
  Result<Expression*> BindBetween(const ast::Between& between, Scope* scope);
  Result<Expression*> BindInList(const ast::InList& in, Scope* scope);
  Result<Expression*> BindInSubquery(const ast::InSubquery& in, Scope* scope);
  Result<Expression*> BindQuantified(const ast::Quantified& quantified, Scope* scope);
  Result<Expression*> BindScalarSubquery(const ast::Subquery& subquery, Scope* scope);
  Result<Expression*> BindExists(const ast::Exists& exists, Scope* scope);
  Result<Expression*> BindLike(const ast::Like& like, Scope* scope);
  Result<Expression*> BindCase(const ast::Case& node, Scope* scope);
  Result<Expression*> BindCast(const ast::Cast& cast, Scope* scope);
  Result<Expression*> BindConvertUsing(const ast::ConvertUsing& convert, Scope* scope);
  Result<Expression*> BindCollate(const ast::Collate& collate, Scope* scope);
  Result<Expression*> BindFunction(const ast::Function& function, Scope* scope);
  Result<Expression*> BindDefaultFunction(const ast::Default& node, Scope* scope);
  Result<Expression*> BindInsertValues(const ast::InsertValues& node, Scope* scope);
  Result<Expression*> BindAggregate(const ast::Aggregate& aggregate, Scope* scope);
  Result<Expression*> BindWindowFunction(const ast::WindowFunction& function, Scope* scope);
  Result<Expression*> BindGrouping(const ast::Function& function, Scope* scope);
  Result<WindowSpecification*> BindWindow(const ast::WindowSpecification& window, std::string_view name, Scope* scope,
                                          uint32_t nesting);
  Status BindFrame(const ast::WindowFrame& frame, std::string_view name, WindowSpecification* window, Scope* scope);
  Result<FrameBound> BindFrameBound(const ast::FrameBound& bound, const ast::WindowFrame& frame,
                                    std::string_view window_name, WindowSpecification* window, Scope* scope);

  // The elements of a row, or the expression itself.
  Result<Expression*> Compare(std::string_view op, Expression* left, Expression* right, std::string_view text);
  Result<Expression*> CompareRows(ast::BinaryOperator op, const ast::Row& left, const ast::Row& right, size_t first,
                                  Scope* scope, std::string_view text);
  Result<Expression*> CompareAgain(ast::BinaryOperator op, const ast::Expression& left, const ast::Expression& right,
                                   Scope* scope, std::string_view text);
  Result<Expression*> CompareAst(ast::BinaryOperator op, const ast::Expression& left, const ast::Expression& right,
                                 Scope* scope, std::string_view text);
  // A subquery compared with left expressions.
  Result<Expression*> SubqueryComparison(SubqueryKind kind, std::string_view op, std::vector<Expression*> left,
                                         const ast::QueryExpression& query, Scope* scope, std::string_view text);
  // Binds the query of a subquery expression; fills plan, outputs and outer columns.
  Result<SubqueryExpression*> BindSubqueryPlan(SubqueryKind kind, const ast::QueryExpression& query, Scope* scope,
                                               std::string_view text, BoundQuery* bound);
  static bool HasLimit(const ast::QueryExpression& query);
  // The elements of a row or of a row subquery (each as a scalar subquery of its own); else the one expression.
  Result<std::vector<Expression*>> BindRowOperand(const ast::Expression& expression, Scope* scope);

  Result<Expression*> Call(std::string_view name, std::vector<Expression*> arguments, std::string_view text);
  Result<Expression*> Call(const FunctionDescriptor& function, std::vector<Expression*> arguments,
                           std::string_view text, const SqlType* target_type = nullptr);
  Result<Expression*> Coalesce(std::vector<Expression*> operands, std::string_view text);
  Result<Expression*> MakeCase(std::vector<Expression*> conditions, std::vector<Expression*> results,
                               Expression* otherwise, std::string_view text);
  Result<Expression*> Not(Expression* operand, std::string_view text);
  Expression* MakeLogical(LogicalOperator op, std::vector<Expression*> operands, std::string_view text);
  // The expression as `type`: itself, a retyped constant, or a cast.
  Expression* Cast(Expression* expression, const SqlType& type);
  ConstantExpression* Constant(Value value, SqlType type, std::string_view text);
  Expression* IntegerConstant(int64_t value);
  Expression* TextConstant(std::string_view text);
  ColumnExpression* ColumnRef(ColumnId id, const SqlType& type, bool is_nullable);
  Expression* ColumnRef(const ScopeColumn& column);
  ArgumentInfo Info(const Expression* expression) const;
  std::vector<ArgumentInfo> Infos(const std::vector<Expression*>& expressions) const;
  ResolveContext MakeResolveContext(std::string_view text) const;
  // Parameters whose type is not known take `type`.
  void SettleParameter(Expression* expression, const SqlType& type);
  bool IsUnsettled(const Expression* expression) const;
  // Hexadecimal and bit literals as numbers.
  Expression* AsNumberIfHex(Expression* expression);
  std::string_view TextOf(const ast::SourceRange& source) { return source.In(text_); }
  std::string_view Copy(std::string_view text) { return plan_.arena.Copy(text); }
  template <typename T>
  T* New() {
    return plan_.arena.New<T>();
  }

  // --- Names.
  struct Found {
    Expression* expression = nullptr;
    const ScopeColumn* column = nullptr;
    const Relation* relation = nullptr;
  };
  Result<Found> LookUp(const ast::ColumnReference& reference, Scope* scope, bool is_innermost);
  Result<std::optional<VisibleColumn>> LookUpInFrom(std::string_view schema, std::string_view table,
                                                    std::string_view column, const FromItem& from,
                                                    std::string_view clause);
  Result<Expression*> ItemReference(Scope* scope, SelectItem* item);
  Result<Found> LookUpInHaving(const ast::ColumnReference& reference, Scope* scope);
  Result<SelectItem*> FindItem(const ast::ColumnReference& reference, Scope* scope, bool aliases_only);
  Status CheckNesting();
  Expression* WrapOuter(Expression* expression, const std::vector<Captures*>& crossed);
  static std::string_view ClauseName(const Scope& scope);
  bool RelationMatches(const Relation& relation, std::string_view schema, std::string_view table) const;
  void NoteColumnUse(Relation* relation, std::string_view column, uint64_t privilege);

  // --- FROM.
  Result<FromItem*> BindTables(ast::List<ast::TableReference*> tables, Scope* scope);
  Result<FromItem*> BindTableReference(const ast::TableReference& table, Scope* scope, FromItem* left);
  Result<FromItem*> BindNamedTable(const ast::NamedTable& table, Scope* scope);
  Result<FromItem*> BindBaseTable(const ast::NamedTable& table, const TableRef& definition,
                                  std::string_view schema);
  Result<FromItem*> BindVirtualTable(const ast::NamedTable& table, const VirtualTable* definition);
  Result<FromItem*> BindView(const ast::NamedTable& table, const ViewRef& view);
  Result<FromItem*> BindMergedView(const ast::NamedTable& table, const ViewRef& view, const ast::SelectBlock& block);
  Result<FromItem*> BindCteReference(const ast::NamedTable& table, CteBinding* cte, Scope* scope);
  Result<FromItem*> BindDerived(const ast::DerivedTable& table, Scope* scope, FromItem* left);
  Result<FromItem*> BindJsonTable(const ast::JsonTable& table, Scope* scope, FromItem* left);
  Status BindJsonColumns(ast::List<ast::JsonTableColumn> columns, std::vector<JsonTableColumn>* out,
                         Relation* relation, Scope* scope, uint32_t depth);
  Result<FromItem*> BindJoin(const ast::Join& join, Scope* scope, FromItem* outer_left);
  Result<FromItem*> CombineItems(FromItem* left, FromItem* right, JoinType type, bool is_straight, bool is_lateral);
  Status JoinByNames(const ast::Join& join, FromItem* left, FromItem* right, JoinType type, FromItem* joined,
                     Expression** condition);
  Result<FromItem*> FromQuery(BoundQuery query, std::string_view schema, std::string_view alias,
                              ast::List<std::string_view> names, std::string_view original_table);
  Status CheckUniqueAliases(const FromItem& left, const FromItem& right);
  Result<IndexHints> BindIndexHints(const ast::NamedTable& table, const TableDefinition& definition);
  Result<std::string_view> SchemaOf(std::string_view given);
  static void MakeNullable(FromItem* item);
  Expression* Clone(const Expression* expression);
  FromItem* LateralView(FromItem* outer_left, FromItem* left);
  Status NoteLeftJoinEqualities(Expression* condition, const FromItem& left, const FromItem& right, FromItem* joined);
  size_t NotePrivilege(std::string_view schema, std::string_view table, uint64_t privileges);
  void AddDependency(const TableDefinition& table);
  void NoteEqualities(Expression* condition, std::vector<FunctionalDependency>* dependencies);

  // --- Queries.
  Result<BoundQuery> BindBody(const ast::QueryBody& body, Scope* outer, Captures* captures, CteBinding* ctes,
                              const ast::QueryExpression* clauses);
  Result<BoundQuery> BindSelect(const ast::SelectBlock& block, Scope* outer, Captures* captures, CteBinding* ctes,
                                const ast::QueryExpression* clauses);
  Result<BoundQuery> BindSetOperation(const ast::SetOperation& operation, Scope* outer, Captures* captures,
                                      CteBinding* ctes);
  Result<BoundQuery> BindValues(const ast::ValuesBlock& values, Scope* outer, Captures* captures, CteBinding* ctes);
  Result<BoundQuery> BindTableBlock(const ast::TableBlock& table, Scope* outer, Captures* captures, CteBinding* ctes);
  Result<BoundQuery> CombineQueries(BoundQuery left, BoundQuery right, SetOperator op, bool is_distinct);
  Status ApplyOrderAndLimit(const ast::QueryExpression& query, Scope* outer, Captures* captures, CteBinding* ctes,
                            BoundQuery* bound);
  Status ApplyLimit(const ast::Limit* limit, bool counts_found_rows, Scope* scope, LogicalNode** node);
  Result<Expression*> BindLimitValue(const ast::Expression& expression, Scope* scope);
  Result<CteBinding*> DeclareCtes(const ast::With& with, Scope* outer, Captures* captures, CteBinding* ctes);
  Status BindCte(CteBinding* cte, Scope* outer, Captures* captures, CteBinding* visible, bool is_recursive);
  Status BindRecursiveCte(CteBinding* cte, Scope* outer, Captures* captures, CteBinding* visible);
  LogicalNode* PlaceCtes(CteBinding* first, CteBinding* end, LogicalNode* body);
  CteBinding* FindCte(CteBinding* ctes, std::string_view name);
  Status NameCteColumns(const ast::CommonTable& table, std::vector<ScopeColumn>* columns);
  Status ExpandStar(const ast::SelectItem& item, Scope* scope, std::vector<SelectItem>* items);
  std::string_view ItemName(const ast::SelectItem& item, const Expression* expression);
  Status BindGroupBy(const ast::SelectBlock& block, Scope* scope, std::vector<SelectItem>* items,
                     std::vector<Expression*>* keys);
  Result<Expression*> BindOrderItem(const ast::Expression& expression, Scope* scope, std::vector<SelectItem>* items,
                                    bool is_group, size_t position, SelectItem** matched);
  Status ApplyLocking(const ast::QueryExpression& query, FromItem* from);
  LogicalNode* AddWindows(LogicalNode* node, const std::vector<Expression**>& roots);
  ProjectNode* PassThrough(LogicalNode* node);
  LogicalNode* BridgeOuterColumns(LogicalNode* node, const std::vector<Expression**>& roots);
  Status CheckNamedWindows(const ast::SelectBlock& block, Scope* scope);
  Status BindInto(const ast::QueryExpression& query, size_t column_count);
  static void CopyFormat(const ast::FileFormat& from, FileFormat* to);
  void SetResultColumns(const BoundQuery& query);

  // --- Changes.
  // A base table behind a relation of a changing statement, and where its columns are.
  struct Base {
    TableRef table;
    GetNode* get = nullptr;
    Relation* relation = nullptr;  // as named in the statement
  };
  // The column that an assignment means: its base table and ordinal.
  struct Assigned {
    Relation* relation = nullptr;  // as named in the statement: the table or a view over it
    Relation* base = nullptr;
    uint32_t ordinal = 0;
  };
  Result<Assigned> ResolveAssigned(const ast::ColumnReference& reference, const FromItem& from, std::string_view verb);
  static void CollectBases(Relation* relation, std::vector<Relation*>* bases);
  static Relation* BaseOf(Relation* relation, const ScopeColumn& column);
  Status RequireChangeable(const Relation& relation, std::string_view verb);
  // DEFAULT as a value of the column. `row`: ids of the row that an expression default reads, or null.
  Result<Expression*> DefaultValue(const TableDefinition& table, uint32_t ordinal, const std::vector<ColumnId>* row);
  Result<Expression*> BindAssigned(const ast::Expression& expression, const TableDefinition& table, uint32_t ordinal,
                                   const std::vector<ColumnId>* row, Scope* scope);
  Result<ValuesNode*> BindInsertRows(const ast::InsertStatement& statement, const TableDefinition& table,
                                     std::vector<uint32_t>* target);
  Expression* AsStored(Expression* expression, const SqlType& type);
  static bool MergeStoredType(const Expression* value, SqlType* type, CollationId collation);
  Result<BoundQuery> BindInsertQuery(const ast::InsertStatement& statement, size_t* extra_from);
  Status BindReturning(ast::List<ast::SelectItem> returning, Relation* relation, const std::vector<ColumnId>& row,
                       std::vector<Expression*>* out);
  Result<Expression*> BindViewCheck(Relation* relation, const TableDefinition& table,
                                    const std::vector<ColumnId>& row);
  Status CollectViewChecks(const ViewRef& view, bool is_checked, const TableDefinition& table,
                           const std::vector<ColumnId>& row, Relation** columns, std::vector<Expression*>* checks);
  Relation* RowRelation(const TableDefinition& table, std::string_view alias, const std::vector<ColumnId>& row,
                        bool is_nullable);

  ColumnId NewColumn() { return plan_.next_column_id++; }
  ColumnId NewColumn(const SqlType& type, bool is_nullable);
  void Describe(ColumnId id, const ColumnOrigin& origin);
  void Describe(const ScopeColumn& column);
  // A reference to a column that Describe(column) or NewColumn(type) made known.
  Expression* Reference(ColumnId id);
  std::string DescribeColumn(ColumnId id) const;
  bool IsFullGroupBy() const { return (context_.sql_mode & kSqlModeOnlyFullGroupBy) != 0; }

  BindContext context_;  // a copy: views are bound with their own collation and sql_mode
  bool notes_privileges_ = true;  // not within views of another definer
  Plan& plan_;
  std::string_view text_;  // of the statement, or of the view or expression that is being bound
  uint32_t depth_ = 0;
  uint64_t bound_count_ = 0;
  std::vector<const ViewDefinition*> open_views_;
  std::unordered_set<const Expression*> hex_literals_;
  std::unordered_set<const ParameterExpression*> unsettled_;
  std::vector<std::vector<ParameterExpression*>> parameters_;  // by index
  struct ColumnFacts {
    ColumnOrigin origin;
    SqlType type;
    bool is_nullable = true;
  };
  std::vector<ColumnFacts> facts_;     // by column id
  uint32_t rebind_nesting_ = 0;        // constructs that bind an operand more than once
  // Tables that an UPDATE or DELETE changes must not be read by its subqueries (1093).
  std::vector<std::pair<uint64_t, std::string_view>> changed_tables_;
  uint32_t subquery_depth_ = 0;
  uint32_t derived_depth_ = 0;
  bool merges_views_ = false;   // in the FROM of a changing statement
  bool is_changing_ = false;
  RowLockMode change_lock_ = RowLockMode::kNone;
  CteBinding* statement_ctes_ = nullptr;
};

// Equal structure: the same value for the same row. Subqueries are equal only to themselves.
bool SameExpression(const Expression* a, const Expression* b);
// Calls visit on the expression and everything below it; stops below an expression for which it answers false.
template <typename Visit>
void Walk(Expression*& expression, Visit&& visit) {
  if (!visit(expression)) return;
  ForEachChild(expression, [&](Expression*& child) { Walk(child, visit); });
}
bool ContainsAggregate(Expression* expression);
bool ContainsWindow(Expression* expression);
bool IsBooleanShaped(const ast::Expression& expression);

}  // namespace mahi
