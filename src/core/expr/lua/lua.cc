#include "core/expr/lua/lua.h"

extern "C" {
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
}

#include <cmath>
#include <cstdlib>
#include <memory>

#include "base/limit.h"

namespace slipway::expr {
namespace {

constexpr size_t kMemoryBytes = 64u << 20;
constexpr int64_t kInstructions = 20'000'000;
constexpr int kHookEvery = 10'000;

// Lua raises errors with longjmp, which runs no destructors: everything that may raise runs inside
// lua_cpcall and holds only trivial objects.
struct Budget {
  size_t used = 0;
  size_t allowed = kMemoryBytes;
  int64_t instructions = kInstructions;
};

void* allocate(void* data, void* block, size_t old_size, size_t new_size) {
  auto& budget = *static_cast<Budget*>(data);
  if (block == nullptr) old_size = 0;
  if (new_size == 0) {
    budget.used -= old_size;
    std::free(block);
    return nullptr;
  }
  if (new_size > old_size && budget.used - old_size + new_size > budget.allowed) return nullptr;
  void* moved = std::realloc(block, new_size);
  if (moved != nullptr) budget.used += new_size - old_size;
  return moved;
}

Budget& budget_of(lua_State* state) {
  void* data = nullptr;
  lua_getallocf(state, &data);
  return *static_cast<Budget*>(data);
}

void count(lua_State* state, lua_Debug*) {
  Budget& budget = budget_of(state);
  budget.instructions -= kHookEvery;
  if (budget.instructions > 0) return;
  // From here every instruction fails, so that pcall in the script does not help.
  lua_sethook(state, count, LUA_MASKCOUNT, 1);
  luaL_error(state, "the script ran too long");
}

struct Task {
  std::string_view script;
  const json::value& event;
};

void push(lua_State* state, const json::value& value) {
  luaL_checkstack(state, 4, "the event is nested too deeply");
  switch (value.kind()) {
    case json::kind::bool_:
      lua_pushboolean(state, value.get_bool() ? 1 : 0);
      return;
    case json::kind::string:
      lua_pushlstring(state, value.get_string().data(), value.get_string().size());
      return;
    case json::kind::null:
      lua_pushnil(state);
      return;
    case json::kind::array: {
      lua_newtable(state);
      int index = 0;
      for (const json::value& item : value.get_array()) {
        if (item.is_null()) continue;
        push(state, item);
        lua_rawseti(state, -2, ++index);
      }
      return;
    }
    case json::kind::object:
      lua_newtable(state);
      for (const auto& member : value.get_object()) {
        if (member.value().is_null()) continue;
        lua_pushlstring(state, member.key().data(), member.key().size());
        push(state, member.value());
        lua_rawset(state, -3);
      }
      return;
    default:
      lua_pushnumber(state, value.to_number<double>());
  }
}

void open_library(lua_State* state, lua_CFunction open, const char* name) {
  lua_pushcfunction(state, open);
  lua_pushstring(state, name);
  lua_call(state, 1, 0);
}

void open_sandbox(lua_State* state) {
  open_library(state, luaopen_base, "");
  open_library(state, luaopen_string, LUA_STRLIBNAME);
  open_library(state, luaopen_table, LUA_TABLIBNAME);
  open_library(state, luaopen_math, LUA_MATHLIBNAME);
  for (const char* name :
       {"dofile", "loadfile", "load", "loadstring", "require", "module", "print", "collectgarbage",
        "newproxy", "getfenv", "setfenv", "coroutine", "gcinfo"}) {
    lua_pushnil(state);
    lua_setglobal(state, name);
  }
  lua_getglobal(state, LUA_STRLIBNAME);
  lua_pushnil(state);
  lua_setfield(state, -2, "dump");
  lua_getglobal(state, LUA_MATHLIBNAME);
  for (const char* name : {"random", "randomseed"}) {
    lua_pushnil(state);
    lua_setfield(state, -2, name);
  }
  lua_settop(state, 0);
}

// Leaves the chunk's last value in the registry under kResult.
constexpr char kResult[] = "slipway.result";

int run_protected(lua_State* state) {
  const auto& task = *static_cast<const Task*>(lua_touserdata(state, 1));
  lua_settop(state, 0);
  open_sandbox(state);
  push(state, task.event);
  lua_setglobal(state, "event");
  lua_sethook(state, count, LUA_MASKCOUNT, kHookEvery);
  if (luaL_loadbuffer(state, task.script.data(), task.script.size(), "=script") != 0) {
    return lua_error(state);
  }
  lua_call(state, 0, LUA_MULTRET);
  if (lua_gettop(state) == 0) lua_pushnil(state);
  lua_sethook(state, nullptr, 0, 0);
  lua_setfield(state, LUA_REGISTRYINDEX, kResult);
  return 0;
}

struct Close {
  void operator()(lua_State* state) const { lua_close(state); }
};

class Machine {
 public:
  Machine() : state_(lua_newstate(allocate, &budget_)) {}

  // The value that the script left on top of the stack is on top of ours.
  Status run(std::string_view script, const json::value& event) {
    if (state_ == nullptr) return Error{ErrorCode::kUnavailable, "Lua: out of memory"};
    if (script.starts_with(LUA_SIGNATURE[0])) {
      return Error{ErrorCode::kInvalid, "Lua: precompiled scripts are not allowed"};
    }
    Task task{script, event};
    const int status = lua_cpcall(state_.get(), run_protected, &task);
    lua_sethook(state_.get(), nullptr, 0, 0);
    budget_.allowed = SIZE_MAX;  // what follows must not raise
    if (status == LUA_ERRMEM) {
      return Error{ErrorCode::kLimit, "Lua: the script needs more than " +
                                          std::to_string(kMemoryBytes >> 20) + " MiB"};
    }
    if (status != 0) return script_error();
    lua_getfield(state_.get(), LUA_REGISTRYINDEX, kResult);
    return {};
  }

  lua_State* state() { return state_.get(); }

  // The table on top of the stack.
  Result<json::value> read(size_t depth = 0) {
    lua_State* const state = state_.get();
    if (depth > limit::kExpressionDepth || lua_checkstack(state, 4) == 0) {
      return Error{ErrorCode::kLimit, "Lua: the table is nested too deeply, or holds itself"};
    }
    if (++values_ > kValues) {
      return Error{ErrorCode::kLimit, "Lua: the table has too many values"};
    }
    switch (lua_type(state, -1)) {
      case LUA_TBOOLEAN:
        return json::value(lua_toboolean(state, -1) != 0);
      case LUA_TNUMBER:
        return number(lua_tonumber(state, -1));
      case LUA_TSTRING: {
        size_t size = 0;
        const char* text = lua_tolstring(state, -1, &size);
        return json::value(json::string(text, size));
      }
      case LUA_TTABLE:
        return table(depth);
      default:
        return json::value();
    }
  }

 private:
  static constexpr size_t kValues = 2'000'000;

  Error script_error() {
    lua_State* const state = state_.get();
    size_t size = 0;
    const char* text =
        lua_type(state, -1) == LUA_TSTRING ? lua_tolstring(state, -1, &size) : nullptr;
    const std::string message = text != nullptr ? std::string(text, size) : "script error";
    const bool limit = budget_.instructions <= 0;
    return {limit ? ErrorCode::kLimit : ErrorCode::kInvalid, "Lua: " + message};
  }

  static json::value number(double value) {
    constexpr double kExact = 9007199254740992.0;
    if (!std::isfinite(value)) return nullptr;
    if (value == std::floor(value) && std::fabs(value) <= kExact) {
      return static_cast<int64_t>(value);
    }
    return value;
  }

  // A metatable with __is_array says what an empty table is (spec events.md, b29).
  bool is_array() {
    lua_State* const state = state_.get();
    if (lua_objlen(state, -1) > 0) return true;
    if (lua_getmetatable(state, -1) == 0) return false;
    bool marked = false;
    if (lua_istable(state, -1)) {
      lua_pushliteral(state, "__is_array");
      lua_rawget(state, -2);
      marked = lua_toboolean(state, -1) != 0;
      lua_pop(state, 1);
    }
    lua_pop(state, 1);
    return marked;
  }

  Result<json::value> table(size_t depth) {
    lua_State* const state = state_.get();
    if (is_array()) {
      json::array items;
      const size_t size = lua_objlen(state, -1);
      for (size_t i = 1; i <= size; ++i) {
        lua_rawgeti(state, -1, static_cast<int>(i));
        TRY_ASSIGN(json::value item, read(depth + 1));
        items.push_back(std::move(item));
        lua_pop(state, 1);
      }
      return json::value(std::move(items));
    }
    json::object members;
    lua_pushnil(state);
    while (lua_next(state, -2) != 0) {
      if (lua_type(state, -2) == LUA_TSTRING) {
        size_t size = 0;
        const char* key = lua_tolstring(state, -2, &size);
        TRY_ASSIGN(members[std::string_view(key, size)], read(depth + 1));
      }
      lua_pop(state, 1);
    }
    return sorted(std::move(members));
  }

  // Lua's own order of keys is not the same in every run.
  static json::value sorted(json::object members) {
    std::vector<std::string> keys;
    for (const auto& member : members) keys.emplace_back(member.key());
    std::ranges::sort(keys);
    json::object out;
    for (const std::string& key : keys) out[key] = std::move(members[key]);
    return out;
  }

  Budget budget_;
  std::unique_ptr<lua_State, Close> state_;
  size_t values_ = 0;
};

}  // namespace

Result<bool> run_lua_filter(std::string_view script, const json::value& data) {
  Machine machine;
  TRY(machine.run(script, data));
  return lua_isboolean(machine.state(), -1) && lua_toboolean(machine.state(), -1) != 0;
}

Result<json::value> run_lua_transform(std::string_view script, const json::value& data) {
  Machine machine;
  TRY(machine.run(script, data));
  if (!lua_istable(machine.state(), -1)) {
    return Error{ErrorCode::kInvalid,
                 std::string("Lua: the script must return a table, not ") +
                     lua_typename(machine.state(), lua_type(machine.state(), -1))};
  }
  return machine.read();
}

}  // namespace slipway::expr
