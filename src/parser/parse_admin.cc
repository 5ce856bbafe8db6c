// Transactions, SET, SHOW, EXPLAIN, prepared statements, administration and accounts.
// Source: MySQL 8.4 manual, "Transactional and Locking Statements", "Prepared Statements",
// "Database Administration Statements", "Utility Statements", "Replication Statements".
#include "parser/internal/parser_impl.h"

namespace mahi::parser_internal {

// --- Transactions -------------------------------------------------------------------------------------

Statement* ParserImpl::ParseBegin() {
  Expect(T::k_BEGIN);
  Accept(T::k_WORK);
  return New<BeginStatement>();
}

// START TRANSACTION | REPLICA | GROUP_REPLICATION, STOP ...
Statement* ParserImpl::ParseStart() {
  bool start = Take().token == T::k_START;
  if (start && Accept(T::k_TRANSACTION)) {
    auto* statement = New<BeginStatement>();
    if (At(T::kEnd) || At(T::kSemicolon)) return statement;
    do {
      if (Accept(T::k_WITH)) {
        Expect(T::k_CONSISTENT, T::k_SNAPSHOT);
        statement->with_consistent_snapshot = true;
      } else {
        Expect(T::k_READ);
        AccessMode mode = At(T::k_ONLY) ? AccessMode::kReadOnly : AccessMode::kReadWrite;
        if (!Accept(T::k_ONLY)) Expect(T::k_WRITE);
        if (statement->access_mode != AccessMode::kDefault && statement->access_mode != mode) FailSyntax();
        statement->access_mode = mode;
      }
    } while (Accept(T::kComma));
    return statement;
  }
  if (Accept(T::k_GROUP_REPLICATION)) {
    auto* statement = New<ReplicationStatement>();
    statement->action = start ? ReplicationAction::kStartGroup : ReplicationAction::kStopGroup;
    ListBuilder<ReplicationOption> options;
    while (AtAny({T::k_USER, T::k_PASSWORD, T::k_DEFAULT_AUTH})) {
      ReplicationOption option;
      option.name = KeywordName(Take().token);
      Accept(T::kEqual);
      option.text = ParseStringLiteral();
      options.Add(option);
      Accept(T::kComma);
    }
    statement->options = options.Finish(arena_);
    return statement;
  }
  if (!Accept(T::k_REPLICA)) Expect(T::k_SLAVE);
  return ParseReplica(start ? ReplicationAction::kStartReplica : ReplicationAction::kStopReplica);
}

void ParserImpl::ParseChainRelease(Tristate* chain, Tristate* release) {
  Accept(T::k_WORK);
  if (Accept(T::k_AND)) {
    *chain = Accept(T::k_NO) ? Tristate::kNo : Tristate::kYes;
    Expect(T::k_CHAIN);
  }
  if (At(T::k_NO)) {
    Take();
    Expect(T::k_RELEASE);
    *release = Tristate::kNo;
  } else if (At(T::k_RELEASE)) {
    if (*chain == Tristate::kYes) FailSyntax();
    Take();
    *release = Tristate::kYes;
  }
}

Statement* ParserImpl::ParseCommit() {
  Expect(T::k_COMMIT);
  auto* statement = New<CommitStatement>();
  ParseChainRelease(&statement->chain, &statement->release);
  return statement;
}

Statement* ParserImpl::ParseRollback() {
  Expect(T::k_ROLLBACK);
  if (At(T::k_TO) || (At(T::k_WORK) && Kind(1) == T::k_TO)) {
    Accept(T::k_WORK);
    Expect(T::k_TO);
    Accept(T::k_SAVEPOINT);
    auto* statement = New<RollbackToSavepointStatement>();
    statement->name = ParseName();
    return statement;
  }
  auto* statement = New<RollbackStatement>();
  ParseChainRelease(&statement->chain, &statement->release);
  return statement;
}

Statement* ParserImpl::ParseXa() {
  Expect(T::k_XA);
  auto* statement = New<XaStatement>();
  if (Accept(T::k_RECOVER)) {
    statement->action = XaAction::kRecover;
    if (Accept(T::k_CONVERT)) {
      Expect(T::k_XID);
      statement->convert_xid = true;
    }
    return statement;
  }
  switch (Take().token) {
    case T::k_BEGIN:
    case T::k_START: statement->action = XaAction::kStart; break;
    case T::k_END: statement->action = XaAction::kEnd; break;
    case T::k_PREPARE: statement->action = XaAction::kPrepare; break;
    case T::k_COMMIT: statement->action = XaAction::kCommit; break;
    case T::k_ROLLBACK: statement->action = XaAction::kRollback; break;
    default: FailSyntax();
  }
  statement->gtrid = ParseStringLiteral();
  if (Accept(T::kComma)) {
    statement->bqual = ParseStringLiteral();
    if (Accept(T::kComma)) statement->format_id = ParseUnsigned();
  }
  if (statement->gtrid.size() > 64 || statement->bqual.size() > 64) FailSyntax();
  if (statement->action == XaAction::kStart) {
    statement->is_join = Accept(T::k_JOIN);
    if (!statement->is_join) statement->is_resume = Accept(T::k_RESUME);
  } else if (statement->action == XaAction::kEnd && Accept(T::k_SUSPEND)) {
    statement->is_suspend = true;
    if (Accept(T::k_FOR)) {
      Expect(T::k_MIGRATE);
      statement->is_for_migrate = true;
    }
  } else if (statement->action == XaAction::kCommit && Accept(T::k_ONE)) {
    Expect(T::k_PHASE);
    statement->is_one_phase = true;
  }
  return statement;
}

Statement* ParserImpl::ParseLock() {
  Expect(T::k_LOCK);
  if (Accept(T::k_INSTANCE)) {
    Expect(T::k_FOR, T::k_BACKUP);
    return New<LockInstanceStatement>();
  }
  if (!Accept(T::k_TABLES)) Expect(T::k_TABLE);
  auto* statement = New<LockTablesStatement>();
  ListBuilder<TableLock> locks;
  do {
    TableLock lock;
    lock.table = ParseQualifiedName();
    lock.alias = ParseTableAlias();
    if (Accept(T::k_READ)) {
      lock.lock = Accept(T::k_LOCAL) ? TableLockKind::kReadLocal : TableLockKind::kRead;
    } else {
      lock.lock = Accept(T::k_LOW_PRIORITY) ? TableLockKind::kLowPriorityWrite : TableLockKind::kWrite;
      Expect(T::k_WRITE);
    }
    locks.Add(lock);
  } while (Accept(T::kComma));
  statement->locks = locks.Finish(arena_);
  return statement;
}

Statement* ParserImpl::ParseUnlock() {
  Expect(T::k_UNLOCK);
  if (Accept(T::k_INSTANCE)) return New<UnlockInstanceStatement>();
  if (!Accept(T::k_TABLES)) Expect(T::k_TABLE);
  return New<UnlockTablesStatement>();
}

// --- SET ----------------------------------------------------------------------------------------------

Statement* ParserImpl::ParseSet() {
  Expect(T::k_SET);
  if (At(T::k_PASSWORD) && (Kind(1) == T::kEqual || Kind(1) == T::k_FOR || Kind(1) == T::k_TO || Kind(1) == T::kAssign)) {
    Take();
    auto* statement = New<SetPasswordStatement>();
    if (Accept(T::k_FOR)) {
      statement->account = New<AccountName>();
      *statement->account = ParseAccount();
    }
    if (Accept(T::k_TO)) {
      Expect(T::k_RANDOM);
      statement->random_password = true;
    } else {
      if (!Accept(T::kAssign)) Expect(T::kEqual);
      statement->password = ParseStringLiteral();
    }
    if (Accept(T::k_REPLACE)) statement->current_password = ParseStringLiteral();
    if (Accept(T::k_RETAIN)) {
      Expect(T::k_CURRENT, T::k_PASSWORD);
      statement->retain_current = true;
    }
    return statement;
  }
  if (At(T::k_ROLE) && Kind(1) != T::kEqual && Kind(1) != T::kAssign) {
    Take();
    auto* statement = New<SetRoleStatement>();
    if (Accept(T::k_DEFAULT)) {
      statement->selection = RoleSelection::kDefault;
    } else if (Accept(T::k_NONE)) {
      statement->selection = RoleSelection::kNone;
    } else if (Accept(T::k_ALL)) {
      statement->selection = RoleSelection::kAll;
      if (Accept(T::k_EXCEPT)) {
        statement->selection = RoleSelection::kAllExcept;
        statement->roles = ParseAccountList();
      }
    } else {
      statement->selection = RoleSelection::kList;
      statement->roles = ParseAccountList();
    }
    return statement;
  }
  if (At(T::k_DEFAULT) && Kind(1) == T::k_ROLE) {
    Skip(2);
    auto* statement = New<SetDefaultRoleStatement>();
    if (Accept(T::k_NONE)) {
      statement->selection = RoleSelection::kNone;
    } else if (Accept(T::k_ALL)) {
      statement->selection = RoleSelection::kAll;
    } else {
      statement->roles = ParseAccountList();
    }
    Expect(T::k_TO);
    statement->users = ParseAccountList();
    return statement;
  }
  if (At(T::k_RESOURCE) && Kind(1) == T::k_GROUP) {
    Skip(2);
    auto* statement = New<SetResourceGroupStatement>();
    statement->name = ParseName();
    if (Accept(T::k_FOR)) {
      ListBuilder<uint64_t> ids;
      do {
        ids.Add(ParseUnsigned());
      } while (Accept(T::kComma));
      statement->thread_ids = ids.Finish(arena_);
    }
    return statement;
  }
  auto* statement = New<SetStatement>();
  ListBuilder<SetItem> items;
  VariableScope scope = VariableScope::kDefault;
  bool first = true;
  do {
    items.Add(ParseSetItem(first, &scope));
    first = false;
  } while (Accept(T::kComma));
  statement->items = items.Finish(arena_);
  return statement;
}

void ParserImpl::ParseTransactionCharacteristics(SetItem* item) {
  do {
    if (Accept(T::k_ISOLATION)) {
      Expect(T::k_LEVEL);
      if (Accept(T::k_SERIALIZABLE)) {
        item->isolation = IsolationLevel::kSerializable;
      } else if (Accept(T::k_REPEATABLE)) {
        Expect(T::k_READ);
        item->isolation = IsolationLevel::kRepeatableRead;
      } else {
        Expect(T::k_READ);
        item->isolation =
            At(T::k_COMMITTED) ? IsolationLevel::kReadCommitted : IsolationLevel::kReadUncommitted;
        if (!Accept(T::k_COMMITTED)) Expect(T::k_UNCOMMITTED);
      }
    } else {
      Expect(T::k_READ);
      item->access_mode = At(T::k_ONLY) ? AccessMode::kReadOnly : AccessMode::kReadWrite;
      if (!Accept(T::k_ONLY)) Expect(T::k_WRITE);
    }
  } while (Accept(T::kComma));
}

// DEFAULT, ON, ALL, BINARY, ROW, SYSTEM or an expression.
Expression* ParserImpl::ParseSetValue() {
  uint32_t start = Start();
  if (At(T::k_DEFAULT) && Kind(1) != T::kLeft) {
    Take();
    return nullptr;
  }
  bool ends = Kind(1) == T::kEnd || Kind(1) == T::kSemicolon || Kind(1) == T::kComma;
  if (AtAny({T::k_ON, T::k_ALL}) || (ends && AtAny({T::k_BINARY, T::k_ROW, T::k_SYSTEM}))) {
    LexedToken word = Take();
    return MakeString(word.text, RangeFrom(start));
  }
  return ParseExpression();
}

SetItem ParserImpl::ParseSetItem(bool first, VariableScope* scope) {
  uint32_t start = Start();
  SetItem item;
  auto assign = [&] {
    if (!Accept(T::kAssign)) Expect(T::kEqual);
  };
  if (At(T::kUserVariable)) {
    item.kind = SetItemKind::kUserVariable;
    item.name = Take().text;
    assign();
    item.value = ParseExpression();
    item.source = RangeFrom(start);
    return item;
  }
  if (At(T::kAtAt)) {
    auto* variable = ParseSystemVariable()->As<SystemVariable>();
    item.has_at_signs = true;
    item.scope = variable->scope;
    item.component = variable->component;
    item.name = variable->name;
    assign();
    item.value = ParseSetValue();
    item.source = RangeFrom(start);
    return item;
  }
  if (At(T::k_NAMES) && Kind(1) != T::kEqual && Kind(1) != T::kAssign) {
    Take();
    item.kind = SetItemKind::kNames;
    if (!Accept(T::k_DEFAULT)) {
      item.charset = ParseCharsetName();
      if (Accept(T::k_COLLATE)) item.collation = ParseCollationName();
    }
    item.source = RangeFrom(start);
    return item;
  }
  if (((At(T::k_CHARACTER) || At(T::k_CHAR)) && Kind(1) == T::k_SET) ||
      (At(T::k_CHARSET) && Kind(1) != T::kEqual && Kind(1) != T::kAssign)) {
    AcceptCharsetKeyword();
    item.kind = SetItemKind::kCharacterSet;
    if (!Accept(T::k_DEFAULT)) item.charset = ParseCharsetName();
    item.source = RangeFrom(start);
    return item;
  }
  bool scope_given = false;
  if (AtAny({T::k_GLOBAL, T::k_SESSION, T::k_LOCAL, T::k_PERSIST, T::k_PERSIST_ONLY}) && Kind(1) != T::kEqual &&
      Kind(1) != T::kAssign) {
    switch (Take().token) {
      case T::k_GLOBAL: *scope = VariableScope::kGlobal; break;
      case T::k_PERSIST: *scope = VariableScope::kPersist; break;
      case T::k_PERSIST_ONLY: *scope = VariableScope::kPersistOnly; break;
      case T::k_LOCAL: *scope = VariableScope::kLocal; break;
      default: *scope = VariableScope::kSession; break;
    }
    scope_given = true;
  }
  if (At(T::k_TRANSACTION) && (Kind(1) == T::k_ISOLATION || Kind(1) == T::k_READ)) {
    if (!first) FailSyntax();
    Take();
    item.kind = SetItemKind::kTransaction;
    item.scope = scope_given ? *scope : VariableScope::kDefault;
    ParseTransactionCharacteristics(&item);
    item.source = RangeFrom(start);
    return item;
  }
  // A scope keyword holds for the items behind it that have none.
  item.scope = *scope;
  if (At(T::k_DEFAULT) || (AtWord("DEFAULT") && Kind(1) == T::kDot)) {
    Take();
    item.component = "default";
    Expect(T::kDot);
    item.name = ParseNameAfterDot();
  } else {
    item.name = ParseName();
    if (Accept(T::kDot)) {
      item.component = item.name;
      item.name = ParseNameAfterDot();
    }
  }
  assign();
  item.value = ParseSetValue();
  item.source = RangeFrom(start);
  return item;
}

// --- SHOW ---------------------------------------------------------------------------------------------

void ParserImpl::ParseShowSchema(ShowStatement* show) {
  if (Accept(T::k_FROM) || Accept(T::k_IN)) show->schema = ParseName();
}

void ParserImpl::ParseShowFilter(ShowStatement* show) {
  if (Accept(T::k_LIKE)) {
    uint32_t start = Start();
    if (!At(T::kString)) FailSyntax();
    show->like = Take().text;
    show->like_source = RangeFrom(start);
  } else if (Accept(T::k_WHERE)) {
    show->where = ParseExpression();
  }
}

Statement* ParserImpl::ParseShowCreate(ShowStatement* show) {
  switch (Kind()) {
    case T::k_DATABASE:
    case T::k_SCHEMA:
      Take();
      show->show = ShowKind::kCreateDatabase;
      show->if_not_exists = ParseIfNotExists();
      show->name.name = ParseName();
      return show;
    case T::k_TABLE: show->show = ShowKind::kCreateTable; break;
    case T::k_VIEW: show->show = ShowKind::kCreateView; break;
    case T::k_PROCEDURE: show->show = ShowKind::kCreateProcedure; break;
    case T::k_FUNCTION: show->show = ShowKind::kCreateFunction; break;
    case T::k_TRIGGER: show->show = ShowKind::kCreateTrigger; break;
    case T::k_EVENT: show->show = ShowKind::kCreateEvent; break;
    case T::k_USER:
      Take();
      show->show = ShowKind::kCreateUser;
      show->account = New<AccountName>();
      *show->account = ParseAccount();
      return show;
    default: FailSyntax();
  }
  Take();
  show->name = ParseQualifiedName();
  return show;
}

Statement* ParserImpl::ParseShow() {
  Expect(T::k_SHOW);
  auto* show = New<ShowStatement>();
  auto simple = [&](ShowKind kind) {
    Take();
    show->show = kind;
    return show;
  };
  auto filtered = [&](ShowKind kind) {
    Take();
    show->show = kind;
    ParseShowFilter(show);
    return show;
  };
  show->is_extended = At(T::k_EXTENDED) && Accept(T::k_EXTENDED);
  show->is_full = At(T::k_FULL) && Accept(T::k_FULL);
  if (AtAny({T::k_GLOBAL, T::k_SESSION, T::k_LOCAL})) {
    T scope = Take().token;
    show->scope = scope == T::k_GLOBAL ? VariableScope::kGlobal : VariableScope::kSession;
    if (At(T::k_STATUS)) return filtered(ShowKind::kStatus);
    if (At(T::k_VARIABLES)) return filtered(ShowKind::kVariables);
    FailSyntax();
  }
  if (show->is_extended || show->is_full) {
    if (!AtAny({T::k_COLUMNS, T::k_FIELDS, T::k_TABLES, T::k_PROCESSLIST, T::k_INDEX, T::k_INDEXES, T::k_KEYS})) {
      FailSyntax();
    }
  }
  switch (Kind()) {
    case T::k_CREATE: Take(); return ParseShowCreate(show);
    case T::k_DATABASES:
    case T::k_SCHEMAS: return filtered(ShowKind::kDatabases);
    case T::k_TABLES:
      Take();
      show->show = ShowKind::kTables;
      ParseShowSchema(show);
      ParseShowFilter(show);
      return show;
    case T::k_TRIGGERS:
      Take();
      show->show = ShowKind::kTriggers;
      ParseShowSchema(show);
      ParseShowFilter(show);
      return show;
    case T::k_EVENTS:
      Take();
      show->show = ShowKind::kEvents;
      ParseShowSchema(show);
      ParseShowFilter(show);
      return show;
    case T::k_TABLE:
      Take();
      Expect(T::k_STATUS);
      show->show = ShowKind::kTableStatus;
      ParseShowSchema(show);
      ParseShowFilter(show);
      return show;
    case T::k_OPEN:
      Take();
      Expect(T::k_TABLES);
      show->show = ShowKind::kOpenTables;
      ParseShowSchema(show);
      ParseShowFilter(show);
      return show;
    case T::k_COLUMNS:
    case T::k_FIELDS:
    case T::k_INDEX:
    case T::k_INDEXES:
    case T::k_KEYS: {
      T kind = Take().token;
      show->show = kind == T::k_COLUMNS || kind == T::k_FIELDS ? ShowKind::kColumns : ShowKind::kIndex;
      if (!Accept(T::k_FROM)) Expect(T::k_IN);
      show->name = ParseQualifiedName();
      if (Accept(T::k_FROM) || Accept(T::k_IN)) show->name.schema = ParseName();
      if (show->show == ShowKind::kIndex && At(T::k_LIKE)) FailSyntax();
      ParseShowFilter(show);
      return show;
    }
    case T::k_VARIABLES: return filtered(ShowKind::kVariables);
    case T::k_STATUS: return filtered(ShowKind::kStatus);
    case T::k_CHARSET: return filtered(ShowKind::kCharacterSet);
    case T::k_CHARACTER:
    case T::k_CHAR:
      Take();
      if (!At(T::k_SET)) FailSyntax();
      return filtered(ShowKind::kCharacterSet);
    case T::k_COLLATION: return filtered(ShowKind::kCollation);
    case T::k_WARNINGS:
    case T::k_ERRORS:
      show->show = Take().token == T::k_WARNINGS ? ShowKind::kWarnings : ShowKind::kErrors;
      if (At(T::k_LIMIT)) show->limit = ParseLimit();
      return show;
    case T::k_ENGINES: return simple(ShowKind::kEngines);
    case T::k_STORAGE:
      Take();
      if (!At(T::k_ENGINES)) FailSyntax();
      return simple(ShowKind::kEngines);
    case T::k_ENGINE:
      Take();
      show->show = ShowKind::kEngine;
      show->engine = Accept(T::k_ALL) ? "ALL" : ParseNameOrString();
      if (!AtAny({T::k_STATUS, T::k_MUTEX, T::k_LOGS})) FailSyntax();
      show->engine_what = KeywordName(Take().token);
      return show;
    case T::k_PLUGINS: return simple(ShowKind::kPlugins);
    case T::k_PRIVILEGES: return simple(ShowKind::kPrivileges);
    case T::k_PROCESSLIST: return simple(ShowKind::kProcesslist);
    case T::k_PROFILES: return simple(ShowKind::kProfiles);
    case T::k_PROFILE: {
      Take();
      show->show = ShowKind::kProfile;
      ListBuilder<std::string_view> types;
      while (AtAny({T::k_ALL, T::k_BLOCK, T::k_CONTEXT, T::k_CPU, T::k_IPC, T::k_MEMORY, T::k_PAGE, T::k_SOURCE,
                    T::k_SWAPS})) {
        T kind = Take().token;
        if (kind == T::k_BLOCK) Expect(T::k_IO);
        if (kind == T::k_CONTEXT) Expect(T::k_SWITCHES);
        if (kind == T::k_PAGE) Expect(T::k_FAULTS);
        types.Add(kind == T::k_BLOCK     ? "BLOCK IO"
                  : kind == T::k_CONTEXT ? "CONTEXT SWITCHES"
                  : kind == T::k_PAGE    ? "PAGE FAULTS"
                                         : KeywordName(kind));
        if (!Accept(T::kComma)) break;
      }
      show->profile_types = types.Finish(arena_);
      if (Accept(T::k_FOR)) {
        Expect(T::k_QUERY);
        show->query_id = ParseUnsigned();
      }
      if (At(T::k_LIMIT)) show->limit = ParseLimit();
      return show;
    }
    case T::k_PROCEDURE:
    case T::k_FUNCTION: {
      bool function = Take().token == T::k_FUNCTION;
      if (Accept(T::k_CODE)) {
        show->show = function ? ShowKind::kFunctionCode : ShowKind::kProcedureCode;
        show->name = ParseQualifiedName();
        return show;
      }
      if (!At(T::k_STATUS)) FailSyntax();
      return filtered(function ? ShowKind::kFunctionStatus : ShowKind::kProcedureStatus);
    }
    case T::k_GRANTS:
      Take();
      show->show = ShowKind::kGrants;
      if (Accept(T::k_FOR)) {
        show->account = New<AccountName>();
        *show->account = ParseAccount();
        if (Accept(T::k_USING)) show->using_roles = ParseAccountList();
      }
      return show;
    case T::k_BINARY:
      Take();
      if (Accept(T::k_LOG)) {
        Expect(T::k_STATUS);
        show->show = ShowKind::kBinaryLogStatus;
      } else {
        Expect(T::k_LOGS);
        show->show = ShowKind::kBinaryLogs;
      }
      return show;
    case T::k_MASTER:
      Take();
      if (Accept(T::k_LOGS)) {
        show->show = ShowKind::kBinaryLogs;
      } else {
        FailSyntax();
      }
      return show;
    case T::k_BINLOG:
    case T::k_RELAYLOG:
      show->show = Take().token == T::k_BINLOG ? ShowKind::kBinlogEvents : ShowKind::kRelaylogEvents;
      Expect(T::k_EVENTS);
      if (Accept(T::k_IN)) show->log_name = ParseStringLiteral();
      if (Accept(T::k_FROM)) show->position = ParseUnsigned();
      if (At(T::k_LIMIT)) show->limit = ParseLimit();
      show->channel = ParseChannel();
      return show;
    case T::k_REPLICA:
      Take();
      Expect(T::k_STATUS);
      show->show = ShowKind::kReplicaStatus;
      show->channel = ParseChannel();
      return show;
    case T::k_REPLICAS: return simple(ShowKind::kReplicas);
    case T::k_PARSE_TREE:
      Take();
      show->show = ShowKind::kParseTree;
      show->statement = ParseStatementBody();
      return show;
    default: break;
  }
  // COUNT(*) WARNINGS | ERRORS
  if (AtWord("COUNT") && Kind(1) == T::kLeft) {
    Skip(2);
    Expect(T::kStar, T::kRight);
    show->show = At(T::k_WARNINGS) ? ShowKind::kCountWarnings : ShowKind::kCountErrors;
    if (!Accept(T::k_WARNINGS)) Expect(T::k_ERRORS);
    return show;
  }
  FailSyntax();
}

// --- EXPLAIN, PREPARE, KILL, diagnostics --------------------------------------------------------------

Statement* ParserImpl::ParseExplain() {
  Take();
  auto* statement = New<ExplainStatement>();
  bool any_option = false;
  while (true) {
    if (At(T::k_ANALYZE)) {
      Take();
      statement->is_analyze = true;
    } else if (At(T::k_FORMAT) && Kind(1) == T::kEqual) {
      Skip(2);
      if (AcceptWord("JSON")) {
        statement->format = ExplainFormat::kJson;
      } else if (AcceptWord("TREE")) {
        statement->format = ExplainFormat::kTree;
      } else if (AcceptWord("TRADITIONAL")) {
        statement->format = ExplainFormat::kTraditional;
      } else {
        std::string_view name = ParseNameOrString();
        Fail(ER_UNKNOWN_EXPLAIN_FORMAT, name);
      }
    } else if ((At(T::k_EXTENDED) || At(T::k_PARTITIONS)) &&
               (AtQueryStart(1) || Kind(1) == T::kLeft || Kind(1) == T::k_UPDATE || Kind(1) == T::k_DELETE ||
                Kind(1) == T::k_INSERT || Kind(1) == T::k_REPLACE)) {
      FailSyntax();  // removed in 8.0
    } else if (At(T::k_INTO) && Kind(1) == T::kUserVariable) {
      Take();
      statement->into_variable = Take().text;
    } else if (At(T::k_FOR) && (Kind(1) == T::k_SCHEMA || Kind(1) == T::k_DATABASE)) {
      Skip(2);
      statement->for_schema = ParseName();
    } else {
      break;
    }
    any_option = true;
  }
  switch (Kind()) {
    case T::k_SELECT: case T::k_INSERT: case T::k_REPLACE: case T::k_UPDATE: case T::k_DELETE: case T::k_WITH:
    case T::k_VALUES: case T::k_TABLE: case T::kLeft:
      statement->statement = ParseStatementBody();
      return statement;
    case T::k_FOR:
      Take();
      Expect(T::k_CONNECTION);
      statement->for_connection = ParseUnsigned();
      return statement;
    default: break;
  }
  if (any_option) FailSyntax();
  auto* describe = New<DescribeStatement>();
  describe->table = ParseQualifiedName();
  if (AtName() || At(T::kString)) {
    describe->has_column = true;
    describe->column = Take().text;
  }
  return describe;
}

Statement* ParserImpl::ParsePrepare() {
  Expect(T::k_PREPARE);
  auto* statement = New<PrepareStatement>();
  statement->name = ParseName();
  Expect(T::k_FROM);
  if (At(T::kUserVariable)) {
    statement->source_variable = Take().text;
  } else {
    statement->source_text = Expect(T::kString).text;
  }
  return statement;
}

Statement* ParserImpl::ParseExecute() {
  Expect(T::k_EXECUTE);
  auto* statement = New<ExecuteStatement>();
  statement->name = ParseName();
  if (Accept(T::k_USING)) {
    ListBuilder<std::string_view> variables;
    do {
      variables.Add(Expect(T::kUserVariable).text);
    } while (Accept(T::kComma));
    statement->variables = variables.Finish(arena_);
  }
  return statement;
}

Statement* ParserImpl::ParseKill() {
  Expect(T::k_KILL);
  auto* statement = New<KillStatement>();
  statement->is_query = Accept(T::k_QUERY);
  if (!statement->is_query) Accept(T::k_CONNECTION);
  statement->id = ParseExpression();
  return statement;
}

Statement* ParserImpl::ParseGetDiagnostics() {
  Expect(T::k_GET);
  auto* statement = New<GetDiagnosticsStatement>();
  if (Accept(T::k_STACKED)) {
    statement->is_stacked = true;
  } else {
    Accept(T::k_CURRENT);
  }
  Expect(T::k_DIAGNOSTICS);
  if (Accept(T::k_CONDITION)) statement->condition_number = ParseSimple();
  ListBuilder<DiagnosticsItem> items;
  do {
    DiagnosticsItem item;
    item.target = At(T::kUserVariable) ? ParsePrimary() : ParseColumnReference();
    Expect(T::kEqual);
    item.item = UpperWord(ParseName());
    items.Add(item);
  } while (Accept(T::kComma));
  statement->items = items.Finish(arena_);
  return statement;
}

Statement* ParserImpl::ParseSignal(bool resignal) {
  Take();
  auto* statement = New<SignalStatement>();
  statement->is_resignal = resignal;
  if (Accept(T::k_SQLSTATE)) {
    Accept(T::k_VALUE);
    statement->sqlstate = ParseStringLiteral();
    bool good = statement->sqlstate.size() == 5 && statement->sqlstate.substr(0, 2) != "00";
    for (char c : statement->sqlstate) good = good && ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'));
    if (!good) Fail(ER_SP_BAD_SQLSTATE, statement->sqlstate);
  } else if (AtName()) {
    statement->condition_name = ParseName();
  } else if (!resignal) {
    FailSyntax();
  }
  if (Accept(T::k_SET)) {
    ListBuilder<SignalItem> items;
    do {
      SignalItem item;
      item.name = UpperWord(ParseName());
      Expect(T::kEqual);
      item.value = ParseSimple();
      items.Add(item);
    } while (Accept(T::kComma));
    statement->items = items.Finish(arena_);
  }
  return statement;
}

// --- Administration -----------------------------------------------------------------------------------

std::string_view ParserImpl::ParseChannel() {
  if (!At(T::k_FOR) || Kind(1) != T::k_CHANNEL) return {};
  Skip(2);
  return ParseNameOrString();
}

Statement* ParserImpl::ParseFlush() {
  Expect(T::k_FLUSH);
  auto* statement = New<FlushStatement>();
  statement->no_write_to_binlog = Accept(T::k_NO_WRITE_TO_BINLOG) || Accept(T::k_LOCAL);
  ListBuilder<FlushKind> what;
  if (AtAny({T::k_TABLE, T::k_TABLES})) {
    Take();
    FlushKind kind = FlushKind::kTables;
    if (AtName()) statement->tables = ParseTableNames();
    if (Accept(T::k_WITH)) {
      Expect(T::k_READ, T::k_LOCK);
      kind = FlushKind::kTablesWithReadLock;
    } else if (Accept(T::k_FOR)) {
      Expect(T::k_EXPORT);
      kind = FlushKind::kTablesForExport;
    }
    what.Add(kind);
    statement->what = what.Finish(arena_);
    return statement;
  }
  do {
    uint32_t word = Start();
    switch (Take().token) {
      case T::k_PRIVILEGES: what.Add(FlushKind::kPrivileges); break;
      case T::k_LOGS: what.Add(FlushKind::kLogs); break;
      case T::k_STATUS: what.Add(FlushKind::kStatus); break;
      case T::k_HOSTS: what.Add(FlushKind::kHosts); break;
      case T::k_USER_RESOURCES: what.Add(FlushKind::kUserResources); break;
      case T::k_OPTIMIZER_COSTS: what.Add(FlushKind::kOptimizerCosts); break;
      case T::k_BINARY: Expect(T::k_LOGS); what.Add(FlushKind::kBinaryLogs); break;
      case T::k_ENGINE: Expect(T::k_LOGS); what.Add(FlushKind::kEngineLogs); break;
      case T::k_ERROR: Expect(T::k_LOGS); what.Add(FlushKind::kErrorLogs); break;
      case T::k_GENERAL: Expect(T::k_LOGS); what.Add(FlushKind::kGeneralLogs); break;
      case T::k_SLOW: Expect(T::k_LOGS); what.Add(FlushKind::kSlowLogs); break;
      case T::k_RELAY:
        Expect(T::k_LOGS);
        what.Add(FlushKind::kRelayLogs);
        statement->channel = ParseChannel();
        break;
      default: FailSyntaxAt(word);
    }
  } while (Accept(T::kComma));
  statement->what = what.Finish(arena_);
  return statement;
}

Statement* ParserImpl::ParseReset() {
  Expect(T::k_RESET);
  auto* statement = New<ResetStatement>();
  ListBuilder<ResetKind> what;
  do {
    if (At(T::k_PERSIST)) {
      Take();
      what.Add(ResetKind::kPersist);
      statement->if_exists = ParseIfExists();
      if (AtName()) {
        uint32_t start = Start();
        ParseQualifiedName();
        statement->variable = TextFrom(start);
      }
    } else if (At(T::k_REPLICA) || At(T::k_SLAVE)) {
      Take();
      what.Add(Accept(T::k_ALL) ? ResetKind::kReplicaAll : ResetKind::kReplica);
      statement->channel = ParseChannel();
    } else {
      Expect(T::k_BINARY, T::k_LOGS);
      Expect(T::k_AND, T::k_GTIDS);
      what.Add(ResetKind::kBinaryLogsAndGtids);
      if (Accept(T::k_TO)) statement->log_number = ParseUnsigned();
    }
  } while (Accept(T::kComma));
  statement->what = what.Finish(arena_);
  return statement;
}

Statement* ParserImpl::ParseMaintenance(MaintenanceKind action) {
  Take();
  auto* statement = New<TableMaintenanceStatement>();
  statement->action = action;
  if (action == MaintenanceKind::kAnalyze || action == MaintenanceKind::kOptimize ||
      action == MaintenanceKind::kRepair) {
    statement->no_write_to_binlog = Accept(T::k_NO_WRITE_TO_BINLOG) || Accept(T::k_LOCAL);
  }
  if (!Accept(T::k_TABLES)) Expect(T::k_TABLE);
  statement->tables = ParseTableNames();
  if (action == MaintenanceKind::kAnalyze && (At(T::k_UPDATE) || At(T::k_DROP))) {
    statement->update_histogram = Take().token == T::k_UPDATE;
    statement->drop_histogram = !statement->update_histogram;
    Expect(T::k_HISTOGRAM, T::k_ON);
    statement->histogram_columns = ParseNameList();
    if (statement->update_histogram) {
      if (Accept(T::k_WITH)) {
        statement->histogram_buckets = ParseUnsigned();
        Expect(T::k_BUCKETS);
      }
      if (Accept(T::k_USING)) {
        Expect(T::k_DATA);
        statement->histogram_data = ParseStringLiteral();
      }
      if (At(T::k_AUTO) || At(T::k_MANUAL)) {
        statement->histogram_auto_update = Take().token == T::k_AUTO ? Tristate::kYes : Tristate::kNo;
        Expect(T::k_UPDATE);
      }
    }
    return statement;
  }
  while (true) {
    if (Accept(T::k_QUICK)) {
      statement->is_quick = true;
    } else if (Accept(T::k_EXTENDED)) {
      statement->is_extended = true;
    } else if (action == MaintenanceKind::kCheck && Accept(T::k_FAST)) {
      statement->is_fast = true;
    } else if (action == MaintenanceKind::kCheck && Accept(T::k_MEDIUM)) {
      statement->is_medium = true;
    } else if (action == MaintenanceKind::kCheck && Accept(T::k_CHANGED)) {
      statement->is_changed = true;
    } else if (action == MaintenanceKind::kCheck && At(T::k_FOR) && Kind(1) == T::k_UPGRADE) {
      Skip(2);
      statement->for_upgrade = true;
    } else if (action == MaintenanceKind::kRepair && Accept(T::k_USE_FRM)) {
      statement->use_frm = true;
    } else {
      return statement;
    }
  }
}

Statement* ParserImpl::ParseInstall() {
  Expect(T::k_INSTALL);
  auto* statement = New<InstallStatement>();
  if (Accept(T::k_PLUGIN)) {
    statement->plugin = ParseName();
    Expect(T::k_SONAME);
    statement->library = ParseStringLiteral();
    return statement;
  }
  Expect(T::k_COMPONENT);
  statement->is_component = true;
  ListBuilder<std::string_view> components;
  do {
    components.Add(ParseStringLiteral());
  } while (Accept(T::kComma));
  statement->components = components.Finish(arena_);
  if (Accept(T::k_SET)) {
    ListBuilder<SetItem> settings;
    VariableScope scope = VariableScope::kGlobal;
    do {
      settings.Add(ParseSetItem(false, &scope));
    } while (Accept(T::kComma));
    statement->settings = settings.Finish(arena_);
  }
  return statement;
}

Statement* ParserImpl::ParseUninstall() {
  Expect(T::k_UNINSTALL);
  auto* statement = New<UninstallStatement>();
  if (Accept(T::k_PLUGIN)) {
    statement->plugin = ParseName();
    return statement;
  }
  Expect(T::k_COMPONENT);
  statement->is_component = true;
  ListBuilder<std::string_view> components;
  do {
    components.Add(ParseStringLiteral());
  } while (Accept(T::kComma));
  statement->components = components.Finish(arena_);
  return statement;
}

// Behind START REPLICA and STOP REPLICA.
Statement* ParserImpl::ParseReplica(ReplicationAction action) {
  auto* statement = New<ReplicationStatement>();
  statement->action = action;
  ListBuilder<ReplicationOption> options;
  while (AtAny({T::k_SQL_THREAD, T::k_IO_THREAD, T::k_RELAY_THREAD})) {
    ReplicationOption option;
    option.name = KeywordName(Take().token);
    options.Add(option);
    if (!Accept(T::kComma)) break;
  }
  if (action == ReplicationAction::kStartReplica) {
    bool until = Accept(T::k_UNTIL);
    while (AtName() && !At(T::k_FOR)) {
      ReplicationOption option;
      option.name = UpperWord(Take().text);
      if (Accept(T::kEqual)) {
        if (At(T::kInteger)) {
          option.number = ParseUnsigned();
        } else {
          option.text = ParseStringLiteral();
        }
      } else if (!until || option.name != "SQL_AFTER_MTS_GAPS") {
        FailSyntax();
      }
      options.Add(option);
      Accept(T::kComma);
    }
  }
  statement->options = options.Finish(arena_);
  statement->channel = ParseChannel();
  return statement;
}

// CHANGE REPLICATION SOURCE TO | FILTER
Statement* ParserImpl::ParseChange() {
  Expect(T::k_CHANGE, T::k_REPLICATION);
  auto* statement = New<ReplicationStatement>();
  ListBuilder<ReplicationOption> options;
  if (Accept(T::k_FILTER)) {
    statement->action = ReplicationAction::kChangeFilter;
    do {
      ReplicationOption option;
      option.name = UpperWord(ParseName());
      Expect(T::kEqual, T::kLeft);
      ListBuilder<std::string_view> values;
      while (!At(T::kRight)) {
        uint32_t start = Start();
        if (At(T::kString)) {
          values.Add(Take().text);
        } else if (Accept(T::kLeft)) {
          ParseName();
          Expect(T::kComma);
          ParseName();
          Expect(T::kRight);
          values.Add(TextFrom(start));
        } else {
          ParseQualifiedName();
          values.Add(TextFrom(start));
        }
        if (!Accept(T::kComma)) break;
      }
      Expect(T::kRight);
      option.values = values.Finish(arena_);
      options.Add(option);
    } while (Accept(T::kComma));
  } else {
    Expect(T::k_SOURCE, T::k_TO);
    statement->action = ReplicationAction::kChangeSource;
    do {
      ReplicationOption option;
      option.name = UpperWord(ParseName());
      Expect(T::kEqual);
      if (At(T::kInteger)) {
        option.number = ParseUnsigned();
      } else if (At(T::kDecimal) || At(T::kFloat)) {
        option.text = Take().text;
      } else if (Accept(T::kLeft)) {
        ListBuilder<std::string_view> values;
        while (!At(T::kRight)) {
          uint32_t start = Start();
          ParseUnsigned();
          values.Add(TextFrom(start));
          if (!Accept(T::kComma)) break;
        }
        Expect(T::kRight);
        option.values = values.Finish(arena_);
      } else if (At(T::kString)) {
        option.text = Take().text;
      } else if (Accept(T::k_NULL)) {
        option.text = "NULL";
      } else {
        uint32_t start = Start();
        if (AtAny({T::k_ON})) {
          Take();
        } else {
          ParseAccount();
        }
        option.text = TextFrom(start);
      }
      options.Add(option);
    } while (Accept(T::kComma));
  }
  statement->options = options.Finish(arena_);
  statement->channel = ParseChannel();
  return statement;
}

Statement* ParserImpl::ParseClone() {
  Expect(T::k_CLONE);
  auto* statement = New<CloneStatement>();
  if (Accept(T::k_LOCAL)) {
    statement->is_local = true;
    Expect(T::k_DATA, T::k_DIRECTORY);
    Accept(T::kEqual);
    statement->directory = ParseStringLiteral();
    return statement;
  }
  Expect(T::k_INSTANCE, T::k_FROM);
  statement->donor = ParseAccount();
  Expect(T::kColon);
  statement->port = ParseUnsigned();
  Expect(T::k_IDENTIFIED, T::k_BY);
  statement->password = ParseStringLiteral();
  if (Accept(T::k_DATA)) {
    Expect(T::k_DIRECTORY);
    Accept(T::kEqual);
    statement->directory = ParseStringLiteral();
  }
  if (Accept(T::k_REQUIRE)) {
    statement->require_ssl = Accept(T::k_NO) ? Tristate::kNo : Tristate::kYes;
    Expect(T::k_SSL);
  }
  return statement;
}

Statement* ParserImpl::ParsePurge() {
  Expect(T::k_PURGE);
  auto* statement = New<PurgeBinaryLogsStatement>();
  Expect(T::k_BINARY, T::k_LOGS);
  if (Accept(T::k_TO)) {
    statement->to_log = ParseStringLiteral();
  } else {
    Expect(T::k_BEFORE);
    statement->before = ParseExpression();
  }
  return statement;
}

Statement* ParserImpl::ParseAlterInstance() {
  Expect(T::k_INSTANCE);
  auto* statement = New<AlterInstanceStatement>();
  if (Accept(T::k_ROTATE)) {
    bool binlog = At(T::k_BINLOG);
    if (!binlog) ExpectWord("INNODB");
    if (binlog) Take();
    statement->action =
        binlog ? AlterInstanceAction::kRotateBinlogMasterKey : AlterInstanceAction::kRotateInnodbMasterKey;
    Expect(T::k_MASTER, T::k_KEY);
  } else if (Accept(T::k_RELOAD)) {
    if (Accept(T::k_KEYRING)) {
      statement->action = AlterInstanceAction::kReloadKeyring;
    } else {
      Expect(T::k_TLS);
      statement->channel = ParseChannel();
      if (Accept(T::k_NO)) {
        Expect(T::k_ROLLBACK, T::k_ON);
        Expect(T::k_ERROR);
        statement->no_rollback_on_error = true;
      }
    }
  } else {
    statement->action =
        At(T::k_ENABLE) ? AlterInstanceAction::kEnableRedoLog : AlterInstanceAction::kDisableRedoLog;
    if (!Accept(T::k_ENABLE)) Expect(T::k_DISABLE);
    ExpectWord("INNODB");
    ExpectWord("REDO_LOG");
  }
  return statement;
}

// --- Accounts -----------------------------------------------------------------------------------------

bool ParserImpl::ParseAuthentication(Authentication* a) {
  if (!Accept(T::k_IDENTIFIED)) return false;
  if (Accept(T::k_WITH)) {
    a->plugin = ParseNameOrString();
    if (Accept(T::k_AS)) {
      a->hash = ParseStringLiteral();
      return true;
    }
    if (!Accept(T::k_BY)) return true;
  } else {
    Expect(T::k_BY);
  }
  if (Accept(T::k_RANDOM)) {
    Expect(T::k_PASSWORD);
    a->random_password = true;
  } else {
    a->password = ParseStringLiteral();
  }
  return true;
}

UserSpecification ParserImpl::ParseUserSpecification(bool alter) {
  UserSpecification user;
  user.account = ParseAccount();
  ListBuilder<Authentication> factors;
  Authentication authentication;
  if (ParseAuthentication(&authentication)) {
    factors.Add(authentication);
    while (Accept(T::k_AND)) {
      Authentication next;
      next.factor = static_cast<uint8_t>(factors.size() + 1);
      if (!ParseAuthentication(&next)) FailSyntax();
      factors.Add(next);
    }
    if (alter) {
      if (Accept(T::k_REPLACE)) factors[0].current_password = ParseStringLiteral();
      if (Accept(T::k_RETAIN)) {
        Expect(T::k_CURRENT, T::k_PASSWORD);
        factors[0].retain_current = true;
      }
    }
  } else if (alter && Accept(T::k_DISCARD)) {
    Expect(T::k_OLD, T::k_PASSWORD);
    user.discard_old_password = true;
  } else if (alter && AtAny({T::k_ADD, T::k_MODIFY, T::k_DROP}) && Kind(1) == T::kInteger) {
    bool drop = At(T::k_DROP);
    Take();
    Authentication factor;
    factor.factor = static_cast<uint8_t>(ParseUnsigned());
    Expect(T::k_FACTOR);
    if (!drop && !ParseAuthentication(&factor)) FailSyntax();
    factors.Add(factor);
  }
  user.factors = factors.Finish(arena_);
  return user;
}

void ParserImpl::ParseUserOptions(UserOptions* options) {
  if (Accept(T::k_REQUIRE)) {
    if (Accept(T::k_NONE)) {
      options->tls = TlsRequirement::kNone;
    } else if (Accept(T::k_SSL)) {
      options->tls = TlsRequirement::kSsl;
    } else if (Accept(T::k_X509)) {
      options->tls = TlsRequirement::kX509;
    } else {
      options->tls = TlsRequirement::kSpecified;
      if (!AtAny({T::k_CIPHER, T::k_ISSUER, T::k_SUBJECT})) FailSyntax();
      while (AtAny({T::k_CIPHER, T::k_ISSUER, T::k_SUBJECT})) {
        T kind = Take().token;
        std::string_view text = ParseStringLiteral();
        (kind == T::k_CIPHER   ? options->tls_cipher
         : kind == T::k_ISSUER ? options->tls_issuer
                               : options->tls_subject) = text;
        Accept(T::k_AND);
      }
    }
  }
  if (Accept(T::k_WITH)) {
    bool any = false;
    while (true) {
      if (Accept(T::k_MAX_QUERIES_PER_HOUR)) {
        options->max_queries_per_hour = ParseUnsigned();
      } else if (Accept(T::k_MAX_UPDATES_PER_HOUR)) {
        options->max_updates_per_hour = ParseUnsigned();
      } else if (Accept(T::k_MAX_CONNECTIONS_PER_HOUR)) {
        options->max_connections_per_hour = ParseUnsigned();
      } else if (Accept(T::k_MAX_USER_CONNECTIONS)) {
        options->max_user_connections = ParseUnsigned();
      } else {
        break;
      }
      any = true;
    }
    if (!any) FailSyntax();
  }
  while (true) {
    if (Accept(T::k_PASSWORD)) {
      if (Accept(T::k_EXPIRE)) {
        if (Accept(T::k_DEFAULT)) {
          options->password_lifetime = PasswordLifetime::kDefault;
        } else if (Accept(T::k_NEVER)) {
          options->password_lifetime = PasswordLifetime::kNever;
        } else if (Accept(T::k_INTERVAL)) {
          options->password_lifetime = PasswordLifetime::kDays;
          options->password_lifetime_days = ParseUnsigned();
          Expect(T::k_DAY);
        } else {
          options->password_lifetime = PasswordLifetime::kExpireNow;
        }
      } else if (Accept(T::k_HISTORY)) {
        options->has_password_history = true;
        if (!Accept(T::k_DEFAULT)) options->password_history = ParseUnsigned();
      } else if (Accept(T::k_REUSE)) {
        Expect(T::k_INTERVAL);
        options->has_password_reuse_interval = true;
        if (!Accept(T::k_DEFAULT)) {
          options->password_reuse_interval = ParseUnsigned();
          Expect(T::k_DAY);
        }
      } else {
        Expect(T::k_REQUIRE, T::k_CURRENT);
        options->has_require_current = true;
        options->require_current = Tristate::kYes;
        if (Accept(T::k_DEFAULT)) options->require_current = Tristate::kDefault;
        if (Accept(T::k_OPTIONAL)) options->require_current = Tristate::kNo;
      }
    } else if (Accept(T::k_FAILED_LOGIN_ATTEMPTS)) {
      options->failed_login_attempts = ParseUnsigned();
    } else if (Accept(T::k_PASSWORD_LOCK_TIME)) {
      if (Accept(T::k_UNBOUNDED)) {
        options->password_lock_unbounded = true;
      } else {
        options->password_lock_days = ParseUnsigned();
      }
    } else if (Accept(T::k_ACCOUNT)) {
      options->account_lock = At(T::k_LOCK) ? Tristate::kYes : Tristate::kNo;
      if (!Accept(T::k_LOCK)) Expect(T::k_UNLOCK);
    } else {
      break;
    }
  }
  if (Accept(T::k_COMMENT)) {
    options->comment = ParseStringLiteral();
  } else if (Accept(T::k_ATTRIBUTE)) {
    options->attribute = ParseStringLiteral();
  }
}

Statement* ParserImpl::ParseCreateUser() {
  Expect(T::k_USER);
  auto* statement = New<CreateUserStatement>();
  statement->if_not_exists = ParseIfNotExists();
  ListBuilder<UserSpecification> users;
  do {
    users.Add(ParseUserSpecification(false));
  } while (Accept(T::kComma));
  statement->users = users.Finish(arena_);
  if (Accept(T::k_DEFAULT)) {
    Expect(T::k_ROLE);
    statement->default_roles = ParseAccountList();
  }
  ParseUserOptions(&statement->options);
  return statement;
}

Statement* ParserImpl::ParseAlterUser() {
  Expect(T::k_USER);
  auto* statement = New<AlterUserStatement>();
  statement->if_exists = ParseIfExists();
  ListBuilder<UserSpecification> users;
  do {
    UserSpecification user;
    if (At(T::k_USER) && Kind(1) == T::kLeft) {  // USER(): the current one
      Skip(2);
      Expect(T::kRight);
      user.account.is_current_user = true;
      ListBuilder<Authentication> factors;
      Authentication authentication;
      if (ParseAuthentication(&authentication)) {
        if (Accept(T::k_REPLACE)) authentication.current_password = ParseStringLiteral();
        if (Accept(T::k_RETAIN)) {
          Expect(T::k_CURRENT, T::k_PASSWORD);
          authentication.retain_current = true;
        }
        factors.Add(authentication);
      } else if (Accept(T::k_DISCARD)) {
        Expect(T::k_OLD, T::k_PASSWORD);
        user.discard_old_password = true;
      }
      user.factors = factors.Finish(arena_);
    } else {
      user = ParseUserSpecification(true);
    }
    users.Add(user);
  } while (Accept(T::kComma));
  statement->users = users.Finish(arena_);
  if (Accept(T::k_DEFAULT)) {
    Expect(T::k_ROLE);
    statement->sets_default_role = true;
    statement->default_role_all = Accept(T::k_ALL);
    if (!statement->default_role_all) statement->default_role_none = Accept(T::k_NONE);
    if (!statement->default_role_all && !statement->default_role_none) statement->default_roles = ParseAccountList();
  }
  ParseUserOptions(&statement->options);
  return statement;
}

// Privileges or roles up to ON, TO or FROM: which of them shows at the end.
void ParserImpl::ParsePrivileges(List<Privilege>* privileges, List<AccountName>* roles, bool* is_role) {
  ListBuilder<Privilege> privilege_list;
  ListBuilder<AccountName> role_list;
  bool only_roles = true;
  do {
    Privilege privilege;
    auto is = [&](std::initializer_list<T> words, std::string_view name) {
      size_t i = 0;
      for (T word : words) {
        if (Kind(i++) != word) return false;
      }
      Skip(words.size());
      privilege.name = name;
      return true;
    };
    bool known = is({T::k_ALL, T::k_PRIVILEGES}, "ALL") || is({T::k_ALL}, "ALL") ||
                 is({T::k_ALTER, T::k_ROUTINE}, "ALTER ROUTINE") || is({T::k_ALTER}, "ALTER") ||
                 is({T::k_CREATE, T::k_ROUTINE}, "CREATE ROUTINE") ||
                 is({T::k_CREATE, T::k_TABLESPACE}, "CREATE TABLESPACE") ||
                 is({T::k_CREATE, T::k_TEMPORARY, T::k_TABLES}, "CREATE TEMPORARY TABLES") ||
                 is({T::k_CREATE, T::k_USER}, "CREATE USER") || is({T::k_CREATE, T::k_VIEW}, "CREATE VIEW") ||
                 is({T::k_CREATE, T::k_ROLE}, "CREATE ROLE") || is({T::k_CREATE}, "CREATE") ||
                 is({T::k_DELETE}, "DELETE") || is({T::k_DROP, T::k_ROLE}, "DROP ROLE") || is({T::k_DROP}, "DROP") ||
                 is({T::k_GRANT, T::k_OPTION}, "GRANT OPTION") || is({T::k_INDEX}, "INDEX") ||
                 is({T::k_INSERT}, "INSERT") || is({T::k_LOCK, T::k_TABLES}, "LOCK TABLES") ||
                 is({T::k_REFERENCES}, "REFERENCES") ||
                 is({T::k_REPLICATION, T::k_CLIENT}, "REPLICATION CLIENT") ||
                 is({T::k_REPLICATION, T::k_SLAVE}, "REPLICATION SLAVE") || is({T::k_SELECT}, "SELECT") ||
                 is({T::k_SHOW, T::k_DATABASES}, "SHOW DATABASES") || is({T::k_SHOW, T::k_VIEW}, "SHOW VIEW") ||
                 is({T::k_TRIGGER}, "TRIGGER") || is({T::k_UPDATE}, "UPDATE") || is({T::k_USAGE}, "USAGE");
    if (!known) {
      // EVENT, EXECUTE, FILE, PROCESS, PROXY, RELOAD, SHUTDOWN, SUPER are words that may also name roles.
      T next = Kind(1);
      bool bare = next == T::kComma || next == T::k_ON || next == T::kLeft;
      if (bare) {
        known = is({T::k_EVENT}, "EVENT") || is({T::k_EXECUTE}, "EXECUTE") || is({T::k_FILE}, "FILE") ||
                is({T::k_PROCESS}, "PROCESS") || is({T::k_RELOAD}, "RELOAD") ||
                is({T::k_SHUTDOWN}, "SHUTDOWN") || is({T::k_SUPER}, "SUPER");
      }
    }
    if (known) {
      only_roles = false;
    } else {
      AccountName role = ParseAccount();
      role_list.Add(role);
      privilege.name = role.user;
      if (role.has_host) only_roles = true;
    }
    if (At(T::kLeft)) {
      only_roles = false;
      privilege.columns = ParseParenthesizedNames();
    }
    privilege_list.Add(privilege);
  } while (Accept(T::kComma));
  *is_role = only_roles && !At(T::k_ON);
  if (*is_role) {
    *roles = role_list.Finish(arena_);
  } else {
    *privileges = privilege_list.Finish(arena_);
  }
}

GrantTarget ParserImpl::ParseGrantTarget() {
  GrantTarget target;
  uint32_t start = Start();
  if (At(T::k_TABLE)) {
    Take();
  } else if (At(T::k_FUNCTION)) {
    Take();
    target.object = GrantObjectKind::kFunction;
  } else if (At(T::k_PROCEDURE)) {
    Take();
    target.object = GrantObjectKind::kProcedure;
  }
  if (Accept(T::kStar)) {
    target.all_objects = true;
    if (Accept(T::kDot)) {
      Expect(T::kStar);
      target.all_schemas = true;
    }
  } else {
    target.name.name = ParseName();
    if (Accept(T::kDot)) {
      target.name.schema = target.name.name;
      target.name.name = {};
      if (Accept(T::kStar)) {
        target.all_objects = true;
      } else {
        target.name.name = ParseNameAfterDot();
      }
    }
  }
  target.name.source = RangeFrom(start);
  return target;
}

Statement* ParserImpl::ParseGrant() {
  Expect(T::k_GRANT);
  auto* statement = New<GrantStatement>();
  auto users = [&] {
    Expect(T::k_TO);
    ListBuilder<UserSpecification> list;
    do {
      UserSpecification user;
      user.account = ParseAccount();
      list.Add(user);
    } while (Accept(T::kComma));
    statement->users = list.Finish(arena_);
  };
  if (At(T::k_PROXY) && Kind(1) == T::k_ON) {
    Skip(2);
    statement->grant = GrantKind::kProxy;
    statement->proxied = ParseAccount();
    users();
    if (Accept(T::k_WITH)) {
      Expect(T::k_GRANT, T::k_OPTION);
      statement->with_grant_option = true;
    }
    return statement;
  }
  bool is_role = false;
  ParsePrivileges(&statement->privileges, &statement->roles, &is_role);
  if (is_role) {
    statement->grant = GrantKind::kRoles;
    users();
    if (Accept(T::k_WITH)) {
      Expect(T::k_ADMIN, T::k_OPTION);
      statement->with_admin_option = true;
    }
    return statement;
  }
  Expect(T::k_ON);
  statement->target = ParseGrantTarget();
  users();
  if (Accept(T::k_WITH)) {
    Expect(T::k_GRANT, T::k_OPTION);
    statement->with_grant_option = true;
  }
  if (Accept(T::k_AS)) {
    statement->as_user = New<AccountName>();
    *statement->as_user = ParseAccount();
    if (Accept(T::k_WITH)) {
      Expect(T::k_ROLE);
      if (!Accept(T::k_DEFAULT) && !Accept(T::k_NONE)) {
        if (Accept(T::k_ALL)) {
          if (Accept(T::k_EXCEPT)) ParseAccountList();
        } else {
          ParseAccountList();
        }
      }
    }
  }
  return statement;
}

Statement* ParserImpl::ParseRevoke() {
  Expect(T::k_REVOKE);
  auto* statement = New<RevokeStatement>();
  statement->if_exists = ParseIfExists();
  auto from = [&] {
    Expect(T::k_FROM);
    statement->users = ParseAccountList();
    if (Accept(T::k_IGNORE)) {
      Expect(T::k_UNKNOWN, T::k_USER);
      statement->ignore_unknown_user = true;
    }
    return statement;
  };
  if (At(T::k_PROXY) && Kind(1) == T::k_ON) {
    Skip(2);
    statement->grant = GrantKind::kProxy;
    statement->proxied = ParseAccount();
    return from();
  }
  if (At(T::k_ALL) && (Kind(1) == T::kComma || (Kind(1) == T::k_PRIVILEGES && Kind(2) == T::kComma))) {
    Take();
    Accept(T::k_PRIVILEGES);
    Expect(T::kComma);
    Expect(T::k_GRANT, T::k_OPTION);
    statement->all_and_grant_option = true;
    return from();
  }
  bool is_role = false;
  ParsePrivileges(&statement->privileges, &statement->roles, &is_role);
  if (is_role) {
    statement->grant = GrantKind::kRoles;
    return from();
  }
  Expect(T::k_ON);
  statement->target = ParseGrantTarget();
  return from();
}

}  // namespace mahi::parser_internal
