// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/tsdl_parser.h"

#include <algorithm>
#include <array>
#include <vector>

#include "model/source/ctf/tsdl_blocks.h"
#include "model/source/ctf/tsdl_lexer.h"

namespace exitscope::ctf {

namespace {

constexpr std::size_t kLargestText = 32 << 20;

namespace block {
enum Of : std::size_t { Trace, Environment, Clock, Stream, Event, CallSite, Declaration };
}
constexpr std::array<std::string_view, block::Declaration> kBlockNames{
    "trace", "env", "clock", "stream", "event", "callsite"};

// Where each one begins, in the order of the text.
using Places = std::array<std::vector<TsdlLexer>, block::Declaration + 1>;

void skipToken(TsdlLexer &lexer, std::size_t &depth)
{
    if (lexer.token().kind == TsdlToken::Kind::End)
        failTsdl(lexer.line(), "the metadata ends inside of something");
    if (lexer.token().isSign("{"))
        ++depth;
    if (lexer.token().isSign("}") && depth-- == 0)
        failTsdl(lexer.line(), "a brace too many");
    lexer.advance();
}

void skipBlock(TsdlLexer &lexer)
{
    std::size_t depth = 0;
    do
        skipToken(lexer, depth);
    while (depth > 0);
    lexer.expectSign(";");
}

void skipDeclaration(TsdlLexer &lexer)
{
    std::size_t depth = 0;
    while (depth > 0 || !lexer.token().isSign(";"))
        skipToken(lexer, depth);
    lexer.advance();
}

Places placesOf(std::string_view text)
{
    Places places;
    TsdlLexer lexer(text);
    while (lexer.token().kind != TsdlToken::Kind::End) {
        const auto name = std::find(kBlockNames.begin(), kBlockNames.end(), lexer.token().text);
        const bool isBlock = lexer.token().kind == TsdlToken::Kind::Keyword && name != kBlockNames.end();
        if (isBlock)
            lexer.advance();
        places[isBlock ? static_cast<std::size_t>(name - kBlockNames.begin())
                       : static_cast<std::size_t>(block::Declaration)]
            .push_back(lexer);
        if (!isBlock) {
            skipDeclaration(lexer);
            continue;
        }
        if (!lexer.token().isSign("{"))
            lexer.expectSign("{");
        skipBlock(lexer);
    }
    return places;
}

} // namespace

TraceClass parseTsdl(std::string_view text)
{
    if (text.size() > kLargestText)
        failTsdl(0, "it is too long");
    const Places places = placesOf(text);
    if (places[block::Trace].size() != 1)
        failTsdl(0, places[block::Trace].empty() ? "it describes no trace" : "it describes several traces");
    TsdlBlocks blocks;
    blocks.takeByteOrder(places[block::Trace].front());
    for (const TsdlLexer &place : places[block::Environment])
        blocks.takeEnvironment(place);
    for (const TsdlLexer &place : places[block::Clock])
        blocks.takeClock(place);
    for (const TsdlLexer &place : places[block::Declaration])
        blocks.takeDeclaration(place);
    blocks.takeTrace(places[block::Trace].front());
    for (const TsdlLexer &place : places[block::Stream])
        blocks.takeStream(place);
    for (const TsdlLexer &place : places[block::Event])
        blocks.takeEvent(place);
    return blocks.finished();
}

} // namespace exitscope::ctf
