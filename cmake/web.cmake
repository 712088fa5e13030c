# The web page: esbuild bundles it, tools/embed.py turns it into a source of src/app.
find_program(ESBUILD esbuild REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(web ${CMAKE_SOURCE_DIR}/web)
set(bundle ${CMAKE_BINARY_DIR}/web/main.js)
file(GLOB web_sources CONFIGURE_DEPENDS ${web}/src/*.ts)
add_custom_command(OUTPUT ${bundle}
  COMMAND ${ESBUILD} ${web}/src/main.ts --bundle --minify --format=esm --target=es2022
    --log-level=warning --outfile=${bundle}
  DEPENDS ${web_sources})
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/web/asset_data.cc
  COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/embed.py
    ${CMAKE_BINARY_DIR}/web/asset_data.cc
    index.html=${web}/index.html style.css=${web}/style.css main.js=${bundle}
  DEPENDS ${bundle} ${web}/index.html ${web}/style.css ${CMAKE_SOURCE_DIR}/tools/embed.py)
add_library(web_asset STATIC ${CMAKE_BINARY_DIR}/web/asset_data.cc)
target_link_libraries(web_asset PRIVATE slipway_compiler)

find_program(NODE node)
if(NODE)
  foreach(part state view)
    set(test ${CMAKE_BINARY_DIR}/web/${part}_test.mjs)
    add_test(NAME web_${part} COMMAND sh -c
      "'${ESBUILD}' '${web}/test/${part}_test.ts' --bundle --platform=node --format=esm --log-level=warning --outfile='${test}' && '${NODE}' --test '${test}'")
  endforeach()
endif()
