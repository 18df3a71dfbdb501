// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/exit_target_text.h"

#include <QStringList>

#include "model/reference/target_names.h"
#include "model/statistics/userspace_text.h"

namespace exitscope {

namespace {

QString touchWords(PageTouch touch)
{
    switch (touch) {
    case PageTouch::None:
        break;
    case PageTouch::First:
        return QStringLiteral(", first touch");
    case PageTouch::Repeated:
        return QStringLiteral(", repeated touch");
    case PageTouch::Device:
        return QStringLiteral(", device memory");
    }
    return {};
}

} // namespace

QString exitTargetText(const ExitColumns &exits, std::size_t i)
{
    return targetText(exits.target(i)) % touchWords(exits.touch(i));
}

QString exitAddressText(const ExitColumns &exits, std::size_t i, const VmKey &vm, const GuestSymbols *symbols)
{
    const QString place = symbols ? symbols->placeText(vm, exits.guestRip(i)) : QString();
    QString text = QStringLiteral("0x") % QString::number(exits.guestRip(i), 16);
    if (!place.isEmpty())
        text += QLatin1Char(' ') % place;
    return text;
}

QString exitPlaceText(const ExitColumns &exits, std::size_t i, const VmKey &vm, const GuestSymbols *symbols)
{
    QStringList parts;
    if (exits.target(i).isKnown())
        parts << exitTargetText(exits, i);
    if (exits.userspace(i) != kNoUserspaceExit)
        parts << userspaceText(exits.userspace(i));
    parts << QString(QStringLiteral("from ") % exitAddressText(exits, i, vm, symbols));
    return parts.join(QStringLiteral(", "));
}

} // namespace exitscope
