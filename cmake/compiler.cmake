# Warnings, optimisation and sanitizers: the same for every target of ours.
add_library(slipway_compiler INTERFACE)
target_compile_options(slipway_compiler INTERFACE -Wall -Wextra -Werror
  -Wno-missing-field-initializers)  # designated initialisers leave the rest at their defaults
# -pthread everywhere: a precompiled header only fits compilations with the same macros.
target_compile_options(slipway_compiler INTERFACE -pthread)
target_link_options(slipway_compiler INTERFACE -pthread)
target_include_directories(slipway_compiler INTERFACE ${CMAKE_SOURCE_DIR}/src)

set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
# g++ 12 sees overlapping copies in std::string and uses of uninitialised values that are not there
# (GCC bug 105651) when it inlines or instruments.
set(false_alarms -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread
  -Wno-maybe-uninitialized -Wno-dangling-pointer)
list(JOIN false_alarms " " false_alarms_line)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 ${false_alarms_line}")

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(SLIPWAY_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -O1 ${false_alarms})
  add_link_options(-fsanitize=address,undefined)
elseif(SLIPWAY_SANITIZE STREQUAL "thread")
  # Asio fences beside its locks; the locks are what the sanitizer sees.
  add_compile_options(-fsanitize=thread -O1 ${false_alarms} -Wno-tsan)
  add_link_options(-fsanitize=thread)
elseif(SLIPWAY_SANITIZE STREQUAL "fuzzer")
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -O1)
  add_link_options(-fsanitize=address,undefined)
endif()
