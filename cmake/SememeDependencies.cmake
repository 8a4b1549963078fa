# Third-party libraries; why each one is here: docs/decisions/0001-dependencies.md.
# Static archives are preferred, so that the program is one file that needs only the C library.

find_package(Threads REQUIRED)

# Declares sememe_dep::<name> from a header and a library that Debian's -dev package installs.
function(sememe_dependency name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "HEADER;PACKAGE" "LIBRARIES")
  find_path(SEMEME_${name}_INCLUDE ${arg_HEADER})
  set(files ${SEMEME_${name}_INCLUDE})
  foreach(library IN LISTS arg_LIBRARIES)
    find_library(SEMEME_${library}_LIBRARY NAMES lib${library}.a ${library})
    list(APPEND files ${SEMEME_${library}_LIBRARY})
    list(APPEND libraries ${SEMEME_${library}_LIBRARY})
  endforeach()
  foreach(file IN LISTS files)
    if(NOT file)
      message(FATAL_ERROR "${name}: ${arg_HEADER} or lib${arg_LIBRARIES} not found; "
                          "run \"tools/setup.sh\" or install ${arg_PACKAGE}")
    endif()
  endforeach()
  add_library(sememe_dep_${name} INTERFACE)
  target_include_directories(sememe_dep_${name} SYSTEM INTERFACE ${SEMEME_${name}_INCLUDE})
  target_link_libraries(sememe_dep_${name} INTERFACE ${libraries})
  add_library(sememe_dep::${name} ALIAS sememe_dep_${name})
  set_property(GLOBAL APPEND PROPERTY SEMEME_DEPENDENCY_LIBRARIES ${libraries})
endfunction()

sememe_dependency(json HEADER nlohmann/json.hpp PACKAGE nlohmann-json3-dev)
sememe_dependency(cli11 HEADER CLI/CLI.hpp PACKAGE libcli11-dev)
sememe_dependency(xxhash HEADER xxhash.h LIBRARIES xxhash PACKAGE libxxhash-dev)
sememe_dependency(crypto HEADER openssl/evp.h LIBRARIES crypto PACKAGE libssl-dev)
sememe_dependency(utf8proc HEADER utf8proc.h LIBRARIES utf8proc PACKAGE libutf8proc-dev)
sememe_dependency(sqlite HEADER sqlite3.h LIBRARIES sqlite3 PACKAGE libsqlite3-dev)
sememe_dependency(cmark HEADER cmark-gfm.h LIBRARIES cmark-gfm-extensions cmark-gfm
                  PACKAGE "libcmark-gfm-dev libcmark-gfm-extensions-dev")
sememe_dependency(eigen HEADER eigen3/Eigen/Eigenvalues PACKAGE libeigen3-dev)
target_compile_definitions(sememe_dep_utf8proc INTERFACE UTF8PROC_STATIC)
target_compile_definitions(sememe_dep_cmark INTERFACE CMARK_GFM_STATIC_DEFINE CMARK_GFM_EXTENSIONS_STATIC_DEFINE)

if(SEMEME_BUILD_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
  enable_testing()
endif()
if(SEMEME_BUILD_BENCH)
  find_package(benchmark REQUIRED)
endif()
