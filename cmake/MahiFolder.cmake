# mahi_folder(<name> MAY_INCLUDE <folder>... [LIBRARIES <lib>...])
#
# Declares src/<name> as one static library, mahi_<name>. The same declaration feeds
#   - the library target, from every .cc below the folder (adding a file edits no list);
#   - mahi_<name>_includes: fails when a file includes a folder that MAY_INCLUDE does not list;
#   - mahi_<name>_link: links the whole library with exactly what it declares, so that a symbol
#     from an undeclared folder is an error;
#   - <name>_test: one GoogleTest program of all *_test.cc, registered with CTest per folder;
#   - <name>/…_fuzz.cc: one program each, run for a moment by the tests (see MahiFuzz.cmake).
function(mahi_folder name)
  cmake_parse_arguments(ARG "" "" "MAY_INCLUDE;LIBRARIES" ${ARGN})
  set(dir ${PROJECT_SOURCE_DIR}/src/${name})
  if(NOT EXISTS ${dir})
    message(FATAL_ERROR "mahi_folder(${name}): no such folder")
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${dir}/*.cc)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${dir}/*.h ${dir}/*.def)
  set(tests ${sources})
  set(fuzzers ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cc$")

  set(folder_targets)
  foreach(other ${ARG_MAY_INCLUDE})
    if(EXISTS ${PROJECT_SOURCE_DIR}/src/${other})
      list(APPEND folder_targets mahi_${other})
    endif()
  endforeach()

  set(target mahi_${name})
  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(${target} ${scope} mahi_options ${folder_targets} ${ARG_LIBRARIES})

  # Include check.
  set(stamp ${PROJECT_BINARY_DIR}/includes/${name}.stamp)
  string(REPLACE ";" "," allowed "${ARG_MAY_INCLUDE}")
  add_custom_command(
    OUTPUT ${stamp}
    COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${PROJECT_SOURCE_DIR}/src -DFOLDER=${name}
            -DALLOWED=${allowed} -DSTAMP=${stamp} -P ${PROJECT_SOURCE_DIR}/cmake/CheckIncludes.cmake
    DEPENDS ${headers} ${sources} ${tests} ${PROJECT_SOURCE_DIR}/cmake/CheckIncludes.cmake
    COMMENT "Includes of ${name}"
    VERBATIM)
  add_custom_target(mahi_${name}_includes ALL DEPENDS ${stamp})

  # Link test. The folder main is a program already.
  if(sources AND MAHI_LINK_TESTS AND NOT name STREQUAL "main")
    add_executable(mahi_${name}_link ${PROJECT_SOURCE_DIR}/cmake/link_test_main.cc)
    target_link_libraries(mahi_${name}_link PRIVATE
      -Wl,--whole-archive ${target} -Wl,--no-whole-archive)
    add_dependencies(mahi_${name}_link mahi_${name}_includes)
  endif()

  if(tests AND MAHI_TESTS)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${target} GTest::gmock GTest::gtest GTest::gtest_main)
    add_test(NAME unit.${name} COMMAND ${name}_test)
    set_tests_properties(unit.${name} PROPERTIES LABELS fast TIMEOUT 300)
  endif()
  if(MAHI_TESTS)
    foreach(fuzzer ${fuzzers})
      mahi_fuzzer(${name} ${fuzzer})
    endforeach()
  endif()
endfunction()

# mahi_fuzzer(<folder> <file>): the file defines LLVMFuzzerTestOneInput. Built with libFuzzer where the
# compiler has it (MAHI_LIBFUZZER), else with a driver that mutates a seed corpus from a fixed seed.
function(mahi_fuzzer folder file)
  get_filename_component(base ${file} NAME_WE)
  set(target ${folder}_${base})
  if(MAHI_LIBFUZZER)
    add_executable(${target} ${file})
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    set(arguments -runs=20000 -seed=1 -max_total_time=30)
  else()
    add_executable(${target} ${file} ${PROJECT_SOURCE_DIR}/tests/support/fuzz_driver.cc)
    set(arguments --runs=20000 --seed=1)
  endif()
  target_link_libraries(${target} PRIVATE mahi_${folder})
  get_filename_component(file_dir ${file} DIRECTORY)
  if(EXISTS ${file_dir}/${base}_corpus)
    list(APPEND arguments ${file_dir}/${base}_corpus)
  endif()
  add_test(NAME fuzz.${folder}.${base} COMMAND ${target} ${arguments})
  set_tests_properties(fuzz.${folder}.${base} PROPERTIES LABELS "fast;fuzz" TIMEOUT 300)
endfunction()
