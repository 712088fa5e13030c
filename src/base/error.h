// What can go wrong across a boundary, as a value.
//
// Three kinds of trouble exist and only one of them is an Error: a bug asserts (base/assert.h), a
// domain outcome (a failed node, a refused webhook) is an ordinary value, and an expected failure
// (a file that is not there, a manifest that does not parse) is an Error inside a Result.
#pragma once

#include <string>
#include <string_view>

namespace slipway {

// A new code is added only when some caller branches on it.
enum class ErrorCode {
  kInvalid,        // the input is wrong; the same input will fail again
  kNotFound,       // the named thing does not exist
  kAlreadyExists,  // the name is taken
  kConflict,       // the thing is in a state that does not allow this
  kUnauthorized,   // a signature, token or credential is missing or wrong
  kLimit,          // a named limit (base/limit.h) was reached
  kUnsupported,    // understood, and deliberately not done here
  kUnavailable,    // may work later without any change
  kTimeout,        // took longer than allowed
  kIo,             // the disk or the operating system refused
};

std::string_view to_string(ErrorCode code);

// For people: what happened, where, what to do.
struct Error {
  ErrorCode code = ErrorCode::kInvalid;
  std::string message;
  // `file:line:column`, or the resource's name, or empty when the message already says it.
  std::string where;

  // "where: message", or the message alone.
  std::string text() const;
};

}  // namespace slipway
