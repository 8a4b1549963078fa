# Build options and the flags of our own code. None of these flags reaches a user of the installed package.

option(SEMEME_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(SEMEME_BUILD_BENCH "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(SEMEME_BUILD_FUZZ "Build fuzzers with libFuzzer (Clang); without it they replay their corpus as tests" OFF)
option(SEMEME_WERROR "Treat warnings as errors" OFF)
option(SEMEME_UNITY "Compile tests and cli several files at a time: half the time of a whole build" ON)
option(SEMEME_EMULATE_TILES "The AMX tier with tiles in plain C++: for its tests on processors without" OFF)
set(SEMEME_SANITIZE "" CACHE STRING "Sanitizers, comma separated: address,undefined or thread")

add_library(sememe_flags INTERFACE)
target_compile_features(sememe_flags INTERFACE cxx_std_23)
target_compile_options(sememe_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -fvisibility=hidden -fno-math-errno
  # The same source must give the same floats wherever the compiler could fuse: only explicit FMA is used.
  -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports false positives of this kind inside libstdc++ (GCC bugs 105329, 105651).
  target_compile_options(sememe_flags INTERFACE -Wno-restrict -Wno-stringop-overflow)
endif()
if(SEMEME_WERROR)
  target_compile_options(sememe_flags INTERFACE -Werror)
endif()
if(SEMEME_EMULATE_TILES)
  target_compile_definitions(sememe_flags INTERFACE SEMEME_EMULATE_TILES)
endif()
if(SEMEME_SANITIZE)
  target_compile_options(sememe_flags INTERFACE -fsanitize=${SEMEME_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  target_link_options(sememe_flags INTERFACE -fsanitize=${SEMEME_SANITIZE})
  if(SEMEME_SANITIZE MATCHES "address.*undefined")
    # What the address sanitizer finds as well; a check at every access, a tenth to a quarter of the time to compile.
    target_compile_options(sememe_flags INTERFACE
      -fno-sanitize=null,object-size,vptr,nonnull-attribute,returns-nonnull-attribute)
  endif()
endif()
if(SEMEME_BUILD_FUZZ)
  target_compile_options(sememe_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(GNUInstallDirs)
