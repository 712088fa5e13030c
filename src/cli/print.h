// Printing objects: for people by default, for programs with -o.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "cli/command.h"

namespace slipway::cli {

// Declares -o/--output with the choices every printing command has.
void define_output(Options& options, std::string& output);

// One object in the form of `output`: json, yaml or name ("workflow/hello"). False when `output` is
// empty or "wide", which is for people and up to the caller.
bool print_object(const json::object& object, const std::string& output);

// A list in the form of `output`; false as above.
bool print_list(const json::object& list, const std::string& output);

// Columns padded to their widest cell, two spaces apart, no trailing blanks.
std::string table(const std::vector<std::vector<std::string>>& rows);

// "1 error", "2 errors".
std::string counted(size_t count, std::string_view noun);

// The wall clock.
Time clock_now();

// "3m", "2d": as kubectl prints AGE, from an RFC 3339 text to now; empty when it is no time.
std::string age(const std::string& since);

// "1m 3s" between two RFC 3339 texts; to now when `finished` is empty.
std::string elapsed(const std::string& started, const std::string& finished);

}  // namespace slipway::cli
