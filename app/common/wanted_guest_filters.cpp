// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/common/wanted_guest_filters.h"

#include <array>

namespace exitscope {

namespace {

struct GuestSet {
    const char *option;
    std::set<QString> ExitFilters::*texts;
};
constexpr std::array kGuestSets{GuestSet{"thread", &ExitFilters::threads}, GuestSet{"process", &ExitFilters::processes},
    GuestSet{"syscall", &ExitFilters::syscalls}, GuestSet{"context", &ExitFilters::contexts}};

} // namespace

bool addGuestFilters(const ExitFilters &wanted, const ExitGuests &guests, ExitFilters &filters, QString &error)
{
    for (const GuestSet &set : kGuestSets) {
        for (const QString &text : wanted.*set.texts) {
            if (!guests.labelNamed(text)) {
                const QString name = QString::fromLatin1(set.option);
                error = guests.isEmpty()
                    ? QStringLiteral(
                        "there is no %1 '%2': no guest's trace is aligned with its host; see 'exitscope-cli sync'")
                          .arg(name, text)
                    : QStringLiteral(
                        "there is no %1 '%2'; 'exitscope-cli accounts --by %1' prints those that exits have")
                          .arg(name, text);
                return false;
            }
        }
        filters.*set.texts = wanted.*set.texts;
    }
    return true;
}

} // namespace exitscope
