# Debian 12's libraries, each under one name. Rings link only what their row of the design allows.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(fmt REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(fyaml REQUIRED IMPORTED_TARGET libfyaml)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(lua REQUIRED IMPORTED_TARGET lua5.1)
pkg_check_modules(archive REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(argon2 REQUIRED IMPORTED_TARGET libargon2)
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp)
find_library(DATE_TZ_LIBRARY date-tz REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)

add_library(lib_json INTERFACE)
target_link_libraries(lib_json INTERFACE Boost::json)
add_library(lib_date INTERFACE)
target_link_libraries(lib_date INTERFACE ${DATE_TZ_LIBRARY})

# The program's allocator: half of the engine's time is in it, and that of libc slows down as a
# large graph comes and goes. Sanitizers bring their own.
if(NOT SLIPWAY_SANITIZE)
  find_library(SLIPWAY_ALLOCATOR mimalloc REQUIRED)
endif()
