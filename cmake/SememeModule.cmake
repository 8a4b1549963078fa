# sememe_module(<folder> LIBS <third-party targets>): the whole of a folder's CMakeLists.txt.
#
# Sorts the folder's *.cc by suffix: x.cc -> library, x_test.cc -> one test program of the folder, x_bench.cc and
# x_fuzz.cc -> a program each. The library links only the folders that LAYERS names. Tests, and cli, are compiled eight
# files at a time (SEMEME_UNITY): alone, most of their time goes into GoogleTest's and CLI11's templates, the same ones
# again and again.

file(STRINGS ${PROJECT_SOURCE_DIR}/LAYERS layers_lines REGEX "^[a-z]+:")
foreach(line IN LISTS layers_lines)
  string(REGEX MATCH "^([a-z]+): *(.*)$" _ "${line}")
  string(REGEX REPLACE " +" ";" SEMEME_LAYERS_${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
endforeach()

function(sememe_unity target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${SEMEME_UNITY} UNITY_BUILD_BATCH_SIZE 8)
endfunction()

function(sememe_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBS")
  file(GLOB all CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *.cc)
  foreach(role IN ITEMS test bench fuzz)
    set(${role} ${all})
    list(FILTER ${role} INCLUDE REGEX "_${role}\\.cc$")
  endforeach()
  list(FILTER all EXCLUDE REGEX "(_(test|bench|fuzz)|^main)\\.cc$")
  set(deps ${SEMEME_LAYERS_${name}})
  list(TRANSFORM deps PREPEND sememe_)

  add_library(sememe_${name} STATIC ${all})
  target_include_directories(sememe_${name} PUBLIC
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)
  target_link_libraries(sememe_${name} PUBLIC ${deps} ${arg_LIBS} Threads::Threads PRIVATE sememe_flags)
  set_property(GLOBAL APPEND PROPERTY SEMEME_MODULES ${name})

  if(SEMEME_BUILD_TESTS AND test)
    add_executable(${name}_test ${test} ${PROJECT_SOURCE_DIR}/tests/test_main.cc)
    target_link_libraries(${name}_test PRIVATE sememe_${name} sememe_flags GTest::gtest)
    target_compile_definitions(${name}_test PRIVATE
      SEMEME_GOLDEN_DIR="${PROJECT_SOURCE_DIR}/tests/golden" SEMEME_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    sememe_unity(${name}_test)
    # Of the build of dev a third is the tests; theirs is a quarter less than with -O2, and they run as fast.
    target_compile_options(${name}_test PRIVATE -O1)
    gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
                         PROPERTIES LABELS ${name} TIMEOUT 300)
  endif()
  if(SEMEME_BUILD_BENCH)
    foreach(file IN LISTS bench)
      cmake_path(GET file STEM program)
      add_executable(${program} ${file})
      target_link_libraries(${program} PRIVATE sememe_${name} sememe_flags benchmark::benchmark)
      target_compile_definitions(${program} PRIVATE SEMEME_GOLDEN_DIR="${PROJECT_SOURCE_DIR}/tests/golden")
      if(SEMEME_BUILD_TESTS)  # a tiny run, so that benchmarks cannot rot
        # Without the largest: batches that take 37 of the encoder's 41 seconds, searches of a million rows.
        add_test(NAME ${name}.${program}.smoke
                 COMMAND ${program} --benchmark_min_time=0.001 "--benchmark_filter=-/(32/32|32/128|8/512|1000000|200000/.*)$")
        set_tests_properties(${name}.${program}.smoke PROPERTIES LABELS "${name};bench" TIMEOUT 300)
      endif()
    endforeach()
  endif()
  foreach(file IN LISTS fuzz)
    sememe_fuzzer(${name} ${file})
  endforeach()
endfunction()

# A fuzzer is one file with LLVMFuzzerTestOneInput. In the fuzz preset it runs under libFuzzer; elsewhere it is a
# program that replays fuzz/corpus/<name>/ and then a fixed number of seeded mutations of it, as a test.
function(sememe_fuzzer name file)
  cmake_path(GET file STEM program)
  if(SEMEME_BUILD_FUZZ)
    add_executable(${program} ${file})
    target_link_options(${program} PRIVATE -fsanitize=fuzzer)
  elseif(SEMEME_BUILD_TESTS)
    add_executable(${program} ${file} ${PROJECT_SOURCE_DIR}/fuzz/replay_main.cc)
    add_test(NAME ${name}.${program}.replay COMMAND ${program} ${PROJECT_SOURCE_DIR}/fuzz/corpus/${program})
    set_tests_properties(${name}.${program}.replay PROPERTIES LABELS "${name};fuzz" TIMEOUT 120)
  else()
    return()
  endif()
  target_link_libraries(${program} PRIVATE sememe_${name} sememe_flags)
endfunction()

# Makes the umbrella library from every folder but cli, the program, and the installed package.
function(sememe_finish)
  get_property(modules GLOBAL PROPERTY SEMEME_MODULES)
  get_property(dependencies GLOBAL PROPERTY SEMEME_DEPENDENCY_LIBRARIES)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/version.h.in ${PROJECT_BINARY_DIR}/generated/sememe/version.h @ONLY)

  list(REMOVE_ITEM modules cli)
  list(TRANSFORM modules PREPEND $<TARGET_OBJECTS:sememe_ OUTPUT_VARIABLE objects)
  list(TRANSFORM objects APPEND >)
  add_library(sememe STATIC ${objects})
  add_library(sememe::sememe ALIAS sememe)
  target_compile_features(sememe INTERFACE cxx_std_20)
  target_include_directories(sememe PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  # The archives are named by their file names, so that an installed package does not carry this machine's paths.
  target_link_libraries(sememe PUBLIC Threads::Threads ${CMAKE_DL_LIBS}
    $<BUILD_INTERFACE:${dependencies}> $<INSTALL_INTERFACE:sememe::dependencies>)

  add_executable(sememe_program src/cli/main.cc)
  set_target_properties(sememe_program PROPERTIES OUTPUT_NAME sememe RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  target_link_libraries(sememe_program PRIVATE sememe_cli sememe_flags)
  if(NOT SEMEME_SANITIZE)
    target_link_options(sememe_program PRIVATE -static-libstdc++ -static-libgcc)
  endif()

  set(names "")
  foreach(file IN LISTS dependencies)
    cmake_path(GET file FILENAME base)
    list(APPEND names ${base})
  endforeach()
  set(SEMEME_DEPENDENCY_NAMES ${names})
  include(CMakePackageConfigHelpers)
  set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sememe)
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/sememeConfig.cmake.in
    ${PROJECT_BINARY_DIR}/sememeConfig.cmake INSTALL_DESTINATION ${package_dir})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/sememeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(TARGETS sememe EXPORT sememe ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(TARGETS sememe_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/sememe ${PROJECT_BINARY_DIR}/generated/sememe
          DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
  install(EXPORT sememe NAMESPACE sememe:: DESTINATION ${package_dir})
  install(FILES ${PROJECT_BINARY_DIR}/sememeConfig.cmake ${PROJECT_BINARY_DIR}/sememeConfigVersion.cmake
          DESTINATION ${package_dir})
endfunction()
