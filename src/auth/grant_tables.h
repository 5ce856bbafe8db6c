// The grant tables of the `mysql` database as virtual tables over the accounts in memory: user, db, tables_priv, columns_priv,
// procs_priv, proxies_priv, global_grants, role_edges, default_roles, password_history.
//
// They are read with SELECT; accounts change through account statements only.
// Source: MySQL 8.4 manual, "Grant Tables". Thread safety: immutable; scans take a snapshot of the accounts.
#pragma once

namespace mahi {

class AccountManager;
class Catalog;

// REQUIRES: before sessions start; `accounts` outlives the catalog.
void AddGrantTables(Catalog* catalog, const AccountManager* accounts);

}  // namespace mahi
