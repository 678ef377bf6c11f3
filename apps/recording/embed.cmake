# Embeds the files of the page in the program, so that `pushforward report` needs no files beside it.
#
#   cmake -DFROM=<apps/page/web> -DOUT=<web_files.cpp> -P apps/recording/embed.cmake     writes the files as a C++ source
set(PUSHFORWARD_WEB_FILES report.html theory.json style.css report.css colours.js curves.js heat.js grids.js streamlines.js posterior.js
    solver_layers.js arrows.js jump_layers.js views.js stage.js message.js elements.js
    widgets.js graph.js help.js tape.js recording.js heat_map.js plane_view.js wide_view.js table_view.js line_view.js image_view.js
    token_views.js report.js)

if(CMAKE_SCRIPT_MODE_FILE)
  set(arrays)
  set(table)
  foreach(name ${PUSHFORWARD_WEB_FILES})
    string(MAKE_C_IDENTIFIER ${name} word)
    file(READ ${FROM}/${name} bytes HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
    string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
    string(APPEND arrays "const unsigned char ${word}[] = {\n${bytes}};\n")
    string(APPEND table "    {\"${name}\", ${word}, sizeof ${word}},\n")
  endforeach()
  file(WRITE ${OUT} "// Written by apps/recording/embed.cmake.\n#include \"apps/recording/web_files.h\"\n
namespace pushforward::app {\nnamespace {\n\n${arrays}\nconst WebFile files[] = {\n${table}};\n\n}  // namespace\n
const std::span<const WebFile> kWebFiles = files;\n\n}  // namespace pushforward::app\n")
  return()
endif()

set(web_folder ${PROJECT_SOURCE_DIR}/apps/page/web)
set(web_source ${CMAKE_CURRENT_BINARY_DIR}/web_files.cpp)
list(TRANSFORM PUSHFORWARD_WEB_FILES PREPEND ${web_folder}/ OUTPUT_VARIABLE web_files)
add_custom_command(OUTPUT ${web_source}
                   COMMAND ${CMAKE_COMMAND} -DFROM=${web_folder} -DOUT=${web_source} -P ${CMAKE_CURRENT_LIST_FILE}
                   DEPENDS ${web_files} ${CMAKE_CURRENT_LIST_FILE} COMMENT "Embedding the page" VERBATIM)
target_sources(pushforward_apps PRIVATE ${web_source})
