// The recursive-descent parser behind parser.h. One object parses one text.
//
// Methods named ParseX consume an X or fail. Failure is an internal ParseFailure exception, caught in
// parser.cc, so that the grammar reads as the grammar; nothing escapes from the folder.
// Depth: every method that can nest holds a DepthGuard; node heights are bounded too, so that later
// recursion over the AST is as safe as ours.
// Thread safety: none.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "parser/lexer.h"
#include "parser/parser.h"

namespace mahi::parser_internal {

using namespace ast;  // NOLINT: this header is private to the parser
using T = Token;

struct ParseFailure {
  Error error;
};

// Collects a list of unknown length, then moves it into the arena.
template <typename E>
class ListBuilder {
 public:
  void Add(const E& element) {
    if (inline_count_ < kInline && overflow_.empty()) {
      inline_[inline_count_++] = element;
    } else {
      if (overflow_.empty()) overflow_.assign(inline_, inline_ + inline_count_);
      overflow_.push_back(element);
    }
  }
  size_t size() const { return overflow_.empty() ? inline_count_ : overflow_.size(); }
  bool empty() const { return size() == 0; }
  E& operator[](size_t i) { return overflow_.empty() ? inline_[i] : overflow_[i]; }
  E& back() { return (*this)[size() - 1]; }
  void clear() {
    overflow_.clear();
    inline_count_ = 0;
  }
  List<E> Finish(Arena* arena) {
    size_t count = size();
    if (count == 0) return {};
    E* data = static_cast<E*>(arena->Allocate(sizeof(E) * count, alignof(E)));
    std::uninitialized_copy_n(overflow_.empty() ? inline_ : overflow_.data(), count, data);
    return {data, count};
  }

 private:
  static constexpr size_t kInline = sizeof(E) <= 16 ? 8 : 2;
  E inline_[kInline] = {};
  size_t inline_count_ = 0;
  std::vector<E> overflow_;
};

class ParserImpl {
 public:
  ParserImpl(std::string_view sql, const ParseOptions& options, Arena* arena)
      : sql_(sql),
        options_(options),
        arena_(arena),
        lexer_(sql, {options.ansi_quotes, options.no_backslash_escapes}, arena) {}

  // --- parser.cc: entry points, cursor, names
  Statement* ParseOneStatement(size_t* consumed_bytes);
  Expression* ParseWholeExpression();
  QueryExpression* ParseWholeQuery();
  DataType* ParseWholeDataType();

 private:
  class DepthGuard {
   public:
    explicit DepthGuard(ParserImpl* parser) : parser_(parser) {
      if (++parser_->depth_ > parser_->options_.max_depth) parser_->FailTooDeep();
    }
    ~DepthGuard() { --parser_->depth_; }

   private:
    ParserImpl* parser_;
  };

  // Cursor
  const LexedToken& Peek(size_t n = 0) {
    while (count_ <= n) Fill();
    return ring_[(head_ + n) % kRing];
  }
  T Kind(size_t n = 0) { return Peek(n).token; }
  LexedToken Take() {
    LexedToken token = Peek();
    last_end_ = token.end;
    last_token_ = token.token;
    head_ = (head_ + 1) % kRing;
    --count_;
    return token;
  }
  void Skip(size_t n = 1) {
    while (n-- > 0) Take();
  }
  bool At(T token) { return Kind() == token; }
  bool AtAny(std::initializer_list<T> tokens) {
    T kind = Kind();
    return std::find(tokens.begin(), tokens.end(), kind) != tokens.end();
  }
  bool AtSequence(T first, T second) { return Kind() == first && Kind(1) == second; }
  bool Accept(T token) {
    if (Kind() != token) return false;
    Take();
    return true;
  }
  bool Accept(T first, T second) {
    if (Kind() != first || Kind(1) != second) return false;
    Skip(2);
    return true;
  }
  LexedToken Expect(T token) {
    if (Kind() != token) FailSyntax();
    return Take();
  }
  void Expect(T first, T second) {
    Expect(first);
    Expect(second);
  }
  // A word that is no keyword of the grammar, compared without case.
  bool AtWord(std::string_view word, size_t n = 0);
  bool AcceptWord(std::string_view word);
  void ExpectWord(std::string_view word);
  void Fill();
  // A lexer that stands before the current token, to look far ahead.
  Lexer Scout();

  [[noreturn]] void FailSyntax() { FailSyntaxAt(Peek().offset); }
  [[noreturn]] void FailSyntaxAt(uint32_t offset);
  [[noreturn]] void FailTooDeep();
  template <typename... Args>
  [[noreturn]] void Fail(ErrorCode code, const Args&... args) {
    throw ParseFailure{Error(code, args...)};
  }

  uint32_t Start() { return Peek().offset; }
  SourceRange RangeFrom(uint32_t start) { return {start, last_end_ > start ? last_end_ - start : 0}; }
  template <typename N>
  N* Finish(N* node, uint32_t start) {
    node->source = RangeFrom(start);
    return node;
  }
  template <typename N, typename... Args>
  N* New(Args&&... args) {
    return arena_->New<N>(std::forward<Args>(args)...);
  }
  std::string_view TextFrom(uint32_t start) {
    return sql_.substr(start, last_end_ > start ? last_end_ - start : 0);
  }

  // Names
  static bool IsName(const LexedToken& token) {
    return token.token == T::kIdentifier || token.token == T::kQuotedIdentifier ||
           (IsKeyword(token.token) && !IsReserved(token.token));
  }
  bool AtName(size_t n = 0) { return IsName(Peek(n)); }
  bool AtNameOrString() { return AtName() || At(T::kString); }
  std::string_view ParseName();
  std::string_view ParseNameAfterDot();
  std::string_view ParseNameOrString();
  QualifiedName ParseQualifiedName();
  // Also `.name` and `schema.*` are not accepted here.
  List<std::string_view> ParseNameList();             // a, b, c
  List<std::string_view> ParseParenthesizedNames();   // (a, b, c)
  List<QualifiedName> ParseTableNames();
  std::string_view ParseStringLiteral();
  uint64_t ParseUnsigned();
  int64_t ParseSigned();
  std::string_view ParseCharsetName();                // name, string or BINARY
  std::string_view ParseCollationName();
  bool AcceptCharsetKeyword();                        // CHARSET | CHARACTER SET
  AccountName ParseAccount();
  List<AccountName> ParseAccountList();
  void CheckNameLength(std::string_view name, size_t max_characters = 64);
  std::string_view UpperWord(std::string_view word);  // copy in upper case

  bool ParseIfExists();
  bool ParseIfNotExists();

  // --- parse_expression.cc
  Expression* ParseExpression();
  Expression* ParseLogical();
  Expression* ParseNot();
  Expression* ParseComparison();
  Expression* ParsePredicate();
  Expression* ParseBit(int min_level);
  Expression* FoldChain(Expression* first, ListBuilder<ChainLink>* links, uint32_t start);
  Expression* ParseSimple();
  Expression* ParsePrimary();
  Expression* ParsePrimaryUnguarded();
  Expression* ParseLiteral();
  Expression* ParseParenthesized();
  Expression* ParseNameExpression();
  Expression* ParseCall(std::string_view schema, std::string_view name, uint32_t start, bool quoted,
                        bool adjacent);
  Expression* ParseKeywordFunction();
  Expression* ParseGenericCall(std::string_view name, uint32_t start);
  Expression* ParseTimeFunction(std::string_view name);
  Expression* ParseCase();
  Expression* ParseCast();
  Expression* ParseConvert();
  Expression* ParseInterval();
  Expression* ParseMatch();
  Expression* ParseTrim(uint32_t start);
  Expression* ParseGroupConcat(std::string_view name, uint32_t start);
  Expression* ParseAggregate(std::string_view name, uint32_t start);
  Expression* ParseWindowFunction();
  Expression* ParseJsonValue(uint32_t start);
  Expression* ParseSystemVariable();
  Expression* ParseIn(Expression* operand, bool negated, uint32_t start);
  Expression* ParseValue();             // expression or DEFAULT
  ColumnReference* ParseColumnReference();
  Expression* MakeString(std::string_view text, SourceRange source);
  Function* MakeFunction(std::string_view name, std::initializer_list<Expression*> arguments, uint32_t start);
  List<Expression*> ParseExpressionList();
  List<Expression*> ParseRowValues();   // (value, ...)
  IntervalUnit ParseIntervalUnit();
  bool AtIntervalUnit(size_t n = 0);
  WindowSpecification* ParseOver();
  WindowSpecification* ParseWindowSpecification();  // ( ... )
  FrameBound ParseFrameBound();
  void ParseJsonActions(JsonAction* on_empty, JsonAction* on_error);
  List<OrderItem> ParseOrderItems(bool allow_direction = true);
  DataType* ParseCastType();
  DataType* ParseDataType();
  void ParseTypeLength(DataType* type);
  void ParseTypeDecimals(DataType* type);
  void ParseNumericAttributes(DataType* type);
  void ParseStringAttributes(DataType* type);
  template <typename N>
  N* Node(N* node, uint32_t start) {
    return Finish(node, start);
  }

  // --- parse_query.cc
  bool AtQueryStart(size_t n = 0);
  bool ParenthesesLeadToQuery();        // at '(': the first token behind all '(' starts a query
  bool AtQueryContinuation();
  QueryExpression* ParseQueryExpression();
  QueryExpression* ContinueQuery(QueryBody* first, With* with, uint32_t start);
  void ParseQueryTail(QueryExpression* query);
  QueryBody* ParseQueryBody(QueryBody* first);
  QueryBody* ParseQueryTerm(QueryBody* first);
  QueryBody* ParseQueryPrimary();
  QueryBody* Parenthesized(QueryExpression* query, SourceRange source);
  SelectBlock* ParseSelectBlock();
  void ParseSelectOptions(SelectBlock* block);
  SelectItem ParseSelectItem();
  List<SelectItem> ParseSelectItems();
  List<TableReference*> ParseTableReferences();
  TableReference* ParseTableReference();
  TableReference* ParseJoinTail(TableReference* left, uint32_t start, bool may_leave_condition);
  bool ConditionComesLater();
  TableReference* ParseTableFactor();
  TableReference* ParseParenthesizedTable();
  TableReference* FinishDerived(QueryExpression* query, bool lateral, uint32_t start);
  TableReference* ParseNamedTable();
  TableReference* ParseJsonTable();
  List<JsonTableColumn> ParseJsonTableColumns();
  List<IndexHint> ParseIndexHints();
  std::string_view ParseTableAlias();
  With* ParseWith();
  Limit* ParseLimit();
  Expression* ParseLimitValue();
  bool AtOffsetRows();
  Limit* ParseFetch();
  bool AtLocking();
  LockingClause ParseLocking();
  IntoClause* ParseInto();
  void ParseFileFormat(FileFormat* format);
  List<List<Expression*>> ParseRows(bool row_keyword);

  // --- parse_dml.cc
  Statement* ParseInsert();
  Statement* ParseUpdate(With* with);
  Statement* ParseDelete(With* with);
  Statement* ParseLoad();
  Statement* ParseCall();
  Statement* ParseDo();
  Statement* ParseHandler();
  List<Assignment> ParseAssignments();
  List<SelectItem> ParseReturning();
  List<std::string_view> ParsePartitionNames();
  std::string_view TakeHints();

  // --- parse_ddl.cc
  Statement* ParseCreate();
  Statement* ParseAlter();
  Statement* ParseDrop();
  Statement* ParseRename();
  Statement* ParseTruncate();
  Statement* ParseCreateTable(bool temporary, bool or_replace);
  void ParseTableElements(CreateTableStatement* statement);
  void ParseDatabaseOptions(DatabaseOptions* options);
  ColumnDefinition* ParseColumnDefinition(std::string_view name, uint32_t start);
  void ParseColumnAttributes(ColumnDefinition* column);
  Expression* ParseDefaultValue(bool* is_expression);
  Expression* ParseNow();
  bool AtIndexDefinition();
  IndexDefinition* ParseIndexDefinition(std::string_view constraint_name);
  void ParseIndexOptions(IndexDefinition* index);
  bool ParseIndexType(IndexDefinition* index);
  List<KeyPart> ParseKeyParts();
  ForeignKeyDefinition* ParseForeignKey(std::string_view constraint_name);
  void ParseReferences(ForeignKeyDefinition* key);
  CheckDefinition ParseCheck(std::string_view constraint_name);
  bool ParseTableOption(TableOption* option);
  List<TableOption> ParseTableOptions();
  PartitionClause* ParsePartitionClause();
  PartitionMethod ParsePartitionMethod(bool subpartition);
  List<PartitionDefinition> ParsePartitionDefinitions();
  PartitionDefinition ParsePartitionDefinition(bool subpartition);
  List<PartitionOption> ParsePartitionOptions();
  Statement* ParseAlterTable();
  AlterAction* ParseAlterAction();
  AlterAction* ParseAddedConstraint();
  void ParseColumnPosition(AlterAction* action);
  bool ParseAlgorithmOrLock(AlterAlgorithm* algorithm, AlterLock* lock, bool* has_algorithm, bool* has_lock);
  Statement* ParseCreateIndex();
  Statement* ParseCreateView(bool or_replace, bool is_alter);
  Statement* ParseCreateRoutine(bool or_replace, AccountName* definer, bool is_function);
  void ParseCharacteristics(RoutineCharacteristics* characteristics);
  Statement* ParseCreateTrigger(bool or_replace, AccountName* definer);
  Statement* ParseEvent(bool alter, bool or_replace, AccountName* definer);
  Statement* ParseTablespace(DdlVerb verb);
  Statement* ParseServer(DdlVerb verb);
  Statement* ParseSpatialReferenceSystem(DdlVerb verb, bool or_replace);
  Statement* ParseResourceGroup(DdlVerb verb);
  AccountName* ParseDefiner();
  SourceRange TakeBody();
  bool AtBlockStart(size_t n = 0);

  // --- parse_admin.cc
  Statement* ParseBegin();
  Statement* ParseStart();
  Statement* ParseCommit();
  Statement* ParseRollback();
  void ParseChainRelease(Tristate* chain, Tristate* release);
  Statement* ParseXa();
  Statement* ParseLock();
  Statement* ParseUnlock();
  Statement* ParseSet();
  SetItem ParseSetItem(bool first, VariableScope* scope);
  Expression* ParseSetValue();
  void ParseTransactionCharacteristics(SetItem* item);
  Statement* ParseShow();
  void ParseShowFilter(ShowStatement* show);
  void ParseShowSchema(ShowStatement* show);
  Statement* ParseShowCreate(ShowStatement* show);
  Statement* ParseExplain();
  Statement* ParsePrepare();
  Statement* ParseExecute();
  Statement* ParseKill();
  Statement* ParseGetDiagnostics();
  Statement* ParseSignal(bool resignal);
  Statement* ParseFlush();
  Statement* ParseReset();
  Statement* ParseMaintenance(MaintenanceKind action);
  Statement* ParseInstall();
  Statement* ParseUninstall();
  Statement* ParseReplica(ReplicationAction action);
  Statement* ParseChange();
  Statement* ParseClone();
  Statement* ParsePurge();
  Statement* ParseAlterInstance();
  std::string_view ParseChannel();
  Statement* ParseCreateUser();
  Statement* ParseAlterUser();
  UserSpecification ParseUserSpecification(bool alter);
  bool ParseAuthentication(Authentication* authentication);
  void ParseUserOptions(UserOptions* options);
  Statement* ParseGrant();
  Statement* ParseRevoke();
  void ParsePrivileges(List<Privilege>* privileges, List<AccountName>* roles, bool* is_role);
  GrantTarget ParseGrantTarget();

  Statement* ParseStatementBody();

  static constexpr size_t kRing = 8;

  std::string_view sql_;
  ParseOptions options_;
  Arena* arena_;
  Lexer lexer_;
  LexedToken ring_[kRing];
  Lexer::State states_[kRing] = {};
  size_t head_ = 0;
  size_t count_ = 0;
  uint32_t last_end_ = 0;
  T last_token_ = T::kEnd;
  uint32_t depth_ = 0;
  uint32_t height_ = 0;                  // greatest height of the expressions finished in the current primary
  Expression* pending_primary_ = nullptr;  // parsed already; the next ParsePrimary returns it
  TableReference* pending_table_ = nullptr;
  IntoClause* pending_into_ = nullptr;   // INTO before FROM, for the enclosing query expression
  ListBuilder<AlterAction*> extra_actions_;  // keys inside ALTER TABLE ... ADD (...)
  bool declares_handler_ = false;        // inside TakeBody: DECLARE ... HANDLER was read
  ListBuilder<Parameter*> parameters_;
};

}  // namespace mahi::parser_internal
