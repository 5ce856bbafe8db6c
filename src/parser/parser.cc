#include "parser/parser.h"

#include "parser/internal/parser_impl.h"

namespace mahi {
namespace parser_internal {

namespace {

bool EqualWords(std::string_view a, std::string_view upper) {
  if (a.size() != upper.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    char c = a[i] >= 'a' && a[i] <= 'z' ? static_cast<char>(a[i] - 32) : a[i];
    if (c != upper[i]) return false;
  }
  return true;
}

bool AllowsHint(T token) {
  return token == T::k_SELECT || token == T::k_INSERT || token == T::k_REPLACE || token == T::k_UPDATE ||
         token == T::k_DELETE;
}

}  // namespace

void ParserImpl::Fill() {
  size_t slot = (head_ + count_) % kRing;
  do {
    states_[slot] = lexer_.Save();
    ring_[slot] = lexer_.Next();
    // Hints matter behind SELECT, INSERT, REPLACE, UPDATE, DELETE only; elsewhere they are comments.
    if (ring_[slot].token != T::kHint) break;
    if (AllowsHint(count_ > 0 ? ring_[(slot + kRing - 1) % kRing].token : last_token_)) break;
  } while (true);
  ++count_;
}

Lexer ParserImpl::Scout() {
  Peek();
  Lexer scout(sql_, {options_.ansi_quotes, options_.no_backslash_escapes}, nullptr);
  scout.Restore(states_[head_]);
  return scout;
}

void ParserImpl::FailSyntaxAt(uint32_t offset) {
  std::string_view near = sql_.substr(std::min<size_t>(offset, sql_.size()));
  if (near.size() > 80) {
    size_t length = 80;
    while (length > 0 && (static_cast<uint8_t>(near[length]) & 0xC0) == 0x80) --length;
    near = near.substr(0, length);
  }
  size_t line = 1 + static_cast<size_t>(std::count(sql_.begin(), sql_.begin() + std::min<size_t>(offset, sql_.size()), '\n'));
  Fail(ER_PARSE_ERROR,
       "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for "
       "the right syntax to use",
       near, line);
}

void ParserImpl::FailTooDeep() {
  // The figures stand for the nesting: MySQL counts bytes of stack.
  Fail(ER_STACK_OVERRUN_NEED_MORE, depth_ * 2048, options_.max_depth * 2048, 2048);
}

bool ParserImpl::AtWord(std::string_view word, size_t n) {
  const LexedToken& token = Peek(n);
  return (token.token == T::kIdentifier || IsKeyword(token.token)) && EqualWords(token.text, word);
}
bool ParserImpl::AcceptWord(std::string_view word) {
  if (!AtWord(word)) return false;
  Take();
  return true;
}
void ParserImpl::ExpectWord(std::string_view word) {
  if (!AcceptWord(word)) FailSyntax();
}

void ParserImpl::CheckNameLength(std::string_view name, size_t max_characters) {
  if (name.size() <= max_characters) return;
  size_t characters = 0;
  for (char c : name) characters += (static_cast<uint8_t>(c) & 0xC0) != 0x80;
  if (characters > max_characters) Fail(ER_TOO_LONG_IDENT, name);
}

std::string_view ParserImpl::ParseName() {
  if (!AtName()) FailSyntax();
  std::string_view name = Take().text;
  CheckNameLength(name);
  return name;
}

std::string_view ParserImpl::ParseNameAfterDot() {
  if (!AtName() && !IsKeyword(Kind())) FailSyntax();
  std::string_view name = Take().text;
  CheckNameLength(name);
  return name;
}

std::string_view ParserImpl::ParseNameOrString() {
  if (At(T::kString)) return Take().text;
  return ParseName();
}

QualifiedName ParserImpl::ParseQualifiedName() {
  uint32_t start = Start();
  QualifiedName result;
  Accept(T::kDot);  // ODBC: .table
  result.name = ParseName();
  if (Accept(T::kDot)) {
    result.schema = result.name;
    result.name = ParseNameAfterDot();
  }
  result.source = RangeFrom(start);
  return result;
}

List<std::string_view> ParserImpl::ParseNameList() {
  ListBuilder<std::string_view> names;
  do {
    names.Add(ParseName());
  } while (Accept(T::kComma));
  return names.Finish(arena_);
}

List<std::string_view> ParserImpl::ParseParenthesizedNames() {
  Expect(T::kLeft);
  List<std::string_view> names = ParseNameList();
  Expect(T::kRight);
  return names;
}

List<QualifiedName> ParserImpl::ParseTableNames() {
  ListBuilder<QualifiedName> names;
  do {
    names.Add(ParseQualifiedName());
  } while (Accept(T::kComma));
  return names.Finish(arena_);
}

std::string_view ParserImpl::ParseStringLiteral() {
  if (At(T::kHex) || At(T::kBit)) return Take().text;
  return Expect(T::kString).text;
}

uint64_t ParserImpl::ParseUnsigned() {
  if (At(T::kHex)) {
    uint64_t value = 0;
    for (char c : Take().text) value = value << 8 | static_cast<uint8_t>(c);
    return value;
  }
  if (At(T::kDecimal) || At(T::kFloat)) {
    // A number that overflows or has a point where an integer is asked.
    FailSyntax();
  }
  uint64_t value = 0;
  for (char c : Expect(T::kInteger).text) value = value * 10 + static_cast<uint64_t>(c - '0');
  return value;
}

int64_t ParserImpl::ParseSigned() {
  if (Accept(T::kMinus)) return static_cast<int64_t>(0 - ParseUnsigned());
  Accept(T::kPlus);
  return static_cast<int64_t>(ParseUnsigned());
}

std::string_view ParserImpl::ParseCharsetName() {
  if (Accept(T::k_BINARY)) return "binary";
  return ParseNameOrString();
}

std::string_view ParserImpl::ParseCollationName() {
  if (Accept(T::k_BINARY)) return "binary";
  return ParseNameOrString();
}

bool ParserImpl::AcceptCharsetKeyword() {
  return Accept(T::k_CHARSET) || Accept(T::k_CHARACTER, T::k_SET) || Accept(T::k_CHAR, T::k_SET);
}

AccountName ParserImpl::ParseAccount() {
  uint32_t start = Start();
  AccountName account;
  account.host = "%";
  if (Accept(T::k_CURRENT_USER)) {
    if (Accept(T::kLeft)) Expect(T::kRight);
    account.is_current_user = true;
    account.source = RangeFrom(start);
    return account;
  }
  if (!AtNameOrString()) FailSyntax();
  account.user = Take().text;
  if (At(T::kUserVariable)) {
    account.host = Take().text;
    account.has_host = true;
  } else if (Accept(T::kAt)) {
    account.host = AtNameOrString() ? ParseNameOrString() : std::string_view();
    account.has_host = true;
  }
  size_t characters = 0;
  for (char c : account.user) characters += (static_cast<uint8_t>(c) & 0xC0) != 0x80;
  if (characters > 32) Fail(ER_WRONG_STRING_LENGTH, account.user, "user name", 32);
  if (account.host.size() > 255) Fail(ER_WRONG_STRING_LENGTH, account.host, "host name", 255);
  account.source = RangeFrom(start);
  return account;
}

List<AccountName> ParserImpl::ParseAccountList() {
  ListBuilder<AccountName> accounts;
  do {
    accounts.Add(ParseAccount());
  } while (Accept(T::kComma));
  return accounts.Finish(arena_);
}

std::string_view ParserImpl::UpperWord(std::string_view word) {
  char* copy = static_cast<char*>(arena_->Allocate(std::max<size_t>(word.size(), 1), 1));
  for (size_t i = 0; i < word.size(); ++i) {
    copy[i] = word[i] >= 'a' && word[i] <= 'z' ? static_cast<char>(word[i] - 32) : word[i];
  }
  return {copy, word.size()};
}

bool ParserImpl::ParseIfExists() {
  if (!At(T::k_IF)) return false;
  Take();
  Expect(T::k_EXISTS);
  return true;
}

bool ParserImpl::ParseIfNotExists() {
  if (!At(T::k_IF)) return false;
  Take();
  Expect(T::k_NOT, T::k_EXISTS);
  return true;
}

Statement* ParserImpl::ParseOneStatement(size_t* consumed_bytes) {
  if (At(T::kEnd)) Fail(ER_EMPTY_QUERY);
  if (At(T::kSemicolon) && consumed_bytes == nullptr) {
    if (Kind(1) == T::kEnd) Fail(ER_EMPTY_QUERY);
    FailSyntax();
  }
  if (At(T::kSemicolon)) FailSyntax();
  uint32_t start = Start();
  Statement* statement = ParseStatementBody();
  statement->text = TextFrom(start);
  statement->parameters = parameters_.Finish(arena_);
  if (At(T::kSemicolon)) {
    uint32_t end = Take().end;
    if (consumed_bytes != nullptr) {
      *consumed_bytes = end;
    } else if (!At(T::kEnd)) {
      FailSyntax();
    }
  } else {
    if (!At(T::kEnd)) FailSyntax();
    if (consumed_bytes != nullptr) *consumed_bytes = sql_.size();
  }
  return statement;
}

Expression* ParserImpl::ParseWholeExpression() {
  Expression* expression = ParseExpression();
  if (!At(T::kEnd)) FailSyntax();
  return expression;
}

QueryExpression* ParserImpl::ParseWholeQuery() {
  QueryExpression* query = ParseQueryExpression();
  Accept(T::kSemicolon);
  if (!At(T::kEnd)) FailSyntax();
  return query;
}

DataType* ParserImpl::ParseWholeDataType() {
  DataType* type = ParseDataType();
  if (!At(T::kEnd)) FailSyntax();
  return type;
}

Statement* ParserImpl::ParseStatementBody() {
  DepthGuard guard(this);
  switch (Kind()) {
    case T::k_SELECT:
    case T::k_VALUES:
    case T::k_TABLE:
    case T::kLeft: {
      auto* statement = New<SelectStatement>();
      statement->query = ParseQueryExpression();
      return statement;
    }
    case T::k_WITH: {
      uint32_t start = Start();
      With* with = ParseWith();
      if (At(T::k_UPDATE)) return ParseUpdate(with);
      if (At(T::k_DELETE)) return ParseDelete(with);
      auto* statement = New<SelectStatement>();
      statement->query = ContinueQuery(nullptr, with, start);
      return statement;
    }
    case T::k_INSERT:
    case T::k_REPLACE: return ParseInsert();
    case T::k_UPDATE: return ParseUpdate(nullptr);
    case T::k_DELETE: return ParseDelete(nullptr);
    case T::k_LOAD: return ParseLoad();
    case T::k_CALL: return ParseCall();
    case T::k_DO: return ParseDo();
    case T::k_HANDLER: return ParseHandler();
    case T::k_IMPORT: {
      Take();
      Expect(T::k_TABLE, T::k_FROM);
      auto* statement = New<ImportTableStatement>();
      ListBuilder<std::string_view> files;
      do {
        files.Add(ParseStringLiteral());
      } while (Accept(T::kComma));
      statement->files = files.Finish(arena_);
      return statement;
    }
    case T::k_CREATE: return ParseCreate();
    case T::k_ALTER: return ParseAlter();
    case T::k_DROP: return ParseDrop();
    case T::k_RENAME: return ParseRename();
    case T::k_TRUNCATE: return ParseTruncate();
    case T::k_BEGIN: return ParseBegin();
    case T::k_START: return ParseStart();
    case T::k_STOP: return ParseStart();
    case T::k_COMMIT: return ParseCommit();
    case T::k_ROLLBACK: return ParseRollback();
    case T::k_SAVEPOINT: {
      Take();
      auto* statement = New<SavepointStatement>();
      statement->name = ParseName();
      return statement;
    }
    case T::k_RELEASE: {
      Take();
      Expect(T::k_SAVEPOINT);
      auto* statement = New<ReleaseSavepointStatement>();
      statement->name = ParseName();
      return statement;
    }
    case T::k_XA: return ParseXa();
    case T::k_LOCK: return ParseLock();
    case T::k_UNLOCK: return ParseUnlock();
    case T::k_SET: return ParseSet();
    case T::k_SHOW: return ParseShow();
    case T::k_EXPLAIN:
    case T::k_DESCRIBE:
    case T::k_DESC: return ParseExplain();
    case T::k_PREPARE: return ParsePrepare();
    case T::k_EXECUTE: return ParseExecute();
    case T::k_DEALLOCATE: {
      Take();
      Expect(T::k_PREPARE);
      auto* statement = New<DeallocateStatement>();
      statement->name = ParseName();
      return statement;
    }
    case T::k_USE: {
      Take();
      auto* statement = New<UseStatement>();
      statement->schema = ParseName();
      return statement;
    }
    case T::k_KILL: return ParseKill();
    case T::k_HELP: {
      Take();
      auto* statement = New<HelpStatement>();
      if (!AtNameOrString() && !IsKeyword(Kind())) FailSyntax();
      statement->topic = Take().text;
      return statement;
    }
    case T::k_GET: return ParseGetDiagnostics();
    case T::k_SIGNAL: return ParseSignal(false);
    case T::k_RESIGNAL: return ParseSignal(true);
    case T::k_FLUSH: return ParseFlush();
    case T::k_RESET: return ParseReset();
    case T::k_SHUTDOWN: Take(); return New<ShutdownStatement>();
    case T::k_RESTART: Take(); return New<RestartStatement>();
    case T::k_CLONE: return ParseClone();
    case T::k_ANALYZE: return ParseMaintenance(MaintenanceKind::kAnalyze);
    case T::k_CHECK: return ParseMaintenance(MaintenanceKind::kCheck);
    case T::k_CHECKSUM: return ParseMaintenance(MaintenanceKind::kChecksum);
    case T::k_OPTIMIZE: return ParseMaintenance(MaintenanceKind::kOptimize);
    case T::k_REPAIR: return ParseMaintenance(MaintenanceKind::kRepair);
    case T::k_CACHE: {
      Take();
      Expect(T::k_INDEX);
      auto* statement = New<CacheIndexStatement>();
      ListBuilder<QualifiedName> tables;
      do {
        tables.Add(ParseQualifiedName());
        if (Accept(T::k_PARTITION)) {
          Expect(T::kLeft);
          if (!Accept(T::k_ALL)) ParseNameList();
          Expect(T::kRight);
        }
        if (Accept(T::k_INDEX) || Accept(T::k_KEY)) ParseParenthesizedNames();
      } while (Accept(T::kComma));
      statement->tables = tables.Finish(arena_);
      Expect(T::k_IN);
      statement->cache_name = Accept(T::k_DEFAULT) ? "default" : ParseName();
      return statement;
    }
    case T::k_INSTALL: return ParseInstall();
    case T::k_UNINSTALL: return ParseUninstall();
    case T::k_BINLOG: {
      Take();
      auto* statement = New<BinlogStatement>();
      statement->event = ParseStringLiteral();
      return statement;
    }
    case T::k_CHANGE: return ParseChange();
    case T::k_PURGE: return ParsePurge();
    case T::k_GRANT: return ParseGrant();
    case T::k_REVOKE: return ParseRevoke();
    default: FailSyntax();
  }
}

}  // namespace parser_internal

namespace {

template <typename Product>
Result<Product*> Guarded(auto&& parse) {
  try {
    return parse();
  } catch (parser_internal::ParseFailure& failure) {
    return std::move(failure.error);
  }
}

}  // namespace

Result<ast::Statement*> ParseStatement(std::string_view sql, const ParseOptions& options, Arena* arena,
                                       size_t* consumed_bytes) {
  return Guarded<ast::Statement>(
      [&] { return parser_internal::ParserImpl(sql, options, arena).ParseOneStatement(consumed_bytes); });
}

Result<ast::Expression*> ParseExpression(std::string_view text, const ParseOptions& options, Arena* arena) {
  return Guarded<ast::Expression>(
      [&] { return parser_internal::ParserImpl(text, options, arena).ParseWholeExpression(); });
}

Result<ast::QueryExpression*> ParseQuery(std::string_view text, const ParseOptions& options, Arena* arena) {
  return Guarded<ast::QueryExpression>(
      [&] { return parser_internal::ParserImpl(text, options, arena).ParseWholeQuery(); });
}

Result<ast::DataType*> ParseDataType(std::string_view text, const ParseOptions& options, Arena* arena) {
  return Guarded<ast::DataType>(
      [&] { return parser_internal::ParserImpl(text, options, arena).ParseWholeDataType(); });
}

}  // namespace mahi
