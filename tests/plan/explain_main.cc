// Prints plans without a server: plan_explain SCHEMA.sql ROWS [QUERY.sql ...]. Row counts: "table=rows" arguments.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "planner_fixture.h"

int main(int argc, char** argv) {
  mahi::PlannerFixture fixture;
  auto read = [](const char* path) {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  std::map<std::string, uint64_t> rows;
  std::vector<std::string> queries;
  std::string schema = argc > 1 ? read(argv[1]) : "";
  for (int i = 2; i < argc; ++i) {
    std::string argument = argv[i];
    size_t equal = argument.find('=');
    if (argument == "--plain") {
      fixture.rewrites = false;
    } else if (equal != std::string::npos && argument.find('/') == std::string::npos && argument.find(' ') == std::string::npos) {
      rows[argument.substr(0, equal)] = std::stoull(argument.substr(equal + 1));
    } else {
      queries.push_back(argument);
    }
  }
  size_t start = 0;
  while (true) {
    size_t end = schema.find(';', start);
    if (end == std::string::npos) break;
    std::string sql = schema.substr(start, end - start);
    start = end + 1;
    size_t name = sql.find("TABLE ");
    if (name == std::string::npos) continue;
    std::string table = sql.substr(name + 6, sql.find_first_of(" (", name + 6) - name - 6);
    fixture.Create(sql, rows.contains(table) ? rows[table] : 1000);
  }
  for (const std::string& query : queries) {
    bool is_file = query.find(' ') == std::string::npos;
    std::string sql = is_file ? read(query.c_str()) : query;
    auto begin = std::chrono::steady_clock::now();
    std::string text = fixture.Explain(sql);
    auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
    std::printf("-- %s (%ld us)\n%s\n", is_file ? query.c_str() : sql.c_str(), static_cast<long>(took.count()), text.c_str());
  }
}
