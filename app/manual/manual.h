// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/manual/markdown.h"

namespace exitscope {

// A page of resources/manual, which the programs carry in themselves.
struct ManualPage {
    QString name; // "definitions", of definitions.md
    QString summary; // for lists of the pages
    QString markdown;
};

// In the order in which people need them.
const QList<ManualPage> &manualPages();
const ManualPage *manualPage(const QString &name); // none: nullptr

// Where the manual tells of something: a page, and in it a section by its slug, or all of it (empty).
struct ManualPlace {
    QString page;
    QString section;
};

// "definitions#costs", or as links are written in the page `from`: "definitions.md#costs", "#costs".
ManualPlace manualPlace(const QString &link, const QString &from = {});
// What the manual says of something: a page by its name, a section by its heading, a definition by the word in bold
// that it defines, or the row of a table by what stands in its first cell: an option, a state, a diagnostic code.
// Without regard to case; the first of these that is there. Empty: it says nothing of it.
QList<Block> manualTold(const QString &topic);

} // namespace exitscope
