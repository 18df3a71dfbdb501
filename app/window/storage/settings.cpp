// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/storage/settings.h"

#include <QDir>
#include <QStandardPaths>

#include <algorithm>
#include <array>

#include "model/source/path_bytes.h"

namespace exitscope {

namespace {

const QString kRecent = QStringLiteral("recent");
const QString kPaths = QStringLiteral("paths");
const QString kTheme = QStringLiteral("theme");
const QString kViewOptions = QStringLiteral("views/options");
const QString kGeometry = QStringLiteral("window/geometry");
const QString kLayout = QStringLiteral("window/layout");
const QString kExportDirectory = QStringLiteral("export/directory");

QString defaultFile()
{
    return QString(
        QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation) % QStringLiteral("/exitscope.ini"));
}

QStringList absolute(const QStringList &paths)
{
    QStringList all;
    for (const QString &path : paths)
        all.append(absolutePath(path));
    return all;
}

} // namespace

QString themeChoiceName(ThemeChoice choice)
{
    static const std::array kNames{QStringLiteral("desktop"), QStringLiteral("light"), QStringLiteral("dark")};
    return kNames[static_cast<std::size_t>(choice)];
}

bool parseThemeChoice(const QString &text, ThemeChoice &choice)
{
    for (const ThemeChoice known : {ThemeChoice::Desktop, ThemeChoice::Light, ThemeChoice::Dark}) {
        if (text == themeChoiceName(known)) {
            choice = known;
            return true;
        }
    }
    return false;
}

Settings::Settings() : Settings(defaultFile()) { }

Settings::Settings(const QString &file) : m_settings(file, QSettings::IniFormat) { }

QList<QStringList> Settings::recent() const
{
    QList<QStringList> all;
    const int size = m_settings.beginReadArray(kRecent);
    for (int i = 0; i < size && i < kMostRecent; ++i) {
        m_settings.setArrayIndex(i);
        QStringList paths = m_settings.value(kPaths).toStringList();
        std::ranges::transform(paths, paths.begin(), pathOfStored);
        if (!paths.isEmpty())
            all.append(paths);
    }
    m_settings.endArray();
    return all;
}

void Settings::addRecent(const QStringList &paths)
{
    const QStringList newest = absolute(paths);
    QList<QStringList> all = recent();
    all.removeAll(newest);
    all.prepend(newest);
    while (all.size() > kMostRecent)
        all.removeLast();
    clearRecent();
    m_settings.beginWriteArray(kRecent, int(all.size()));
    for (int i = 0; i < all.size(); ++i) {
        m_settings.setArrayIndex(i);
        QStringList stored = all[i];
        std::ranges::transform(stored, stored.begin(), storedPath);
        m_settings.setValue(kPaths, stored);
    }
    m_settings.endArray();
}

void Settings::clearRecent()
{
    m_settings.remove(kRecent);
}

ThemeChoice Settings::theme() const
{
    ThemeChoice choice = ThemeChoice::Desktop;
    parseThemeChoice(m_settings.value(kTheme).toString(), choice);
    return choice;
}

void Settings::setTheme(ThemeChoice choice)
{
    m_settings.setValue(kTheme, themeChoiceName(choice));
}

QVariantMap Settings::viewOptions() const
{
    return m_settings.value(kViewOptions).toMap();
}

void Settings::setViewOptions(const QVariantMap &options)
{
    m_settings.setValue(kViewOptions, options);
}

QByteArray Settings::windowGeometry() const
{
    return m_settings.value(kGeometry).toByteArray();
}

void Settings::setWindowGeometry(const QByteArray &geometry)
{
    m_settings.setValue(kGeometry, geometry);
}

QByteArray Settings::layout() const
{
    return m_settings.value(kLayout).toByteArray();
}

void Settings::setLayout(const QByteArray &layout)
{
    m_settings.setValue(kLayout, layout);
}

QString Settings::exportDirectory() const
{
    const QString last = m_settings.value(kExportDirectory).toString();
    if (!last.isEmpty() && QDir(last).exists())
        return last;
    const QString pictures = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
    return QDir(pictures).exists() ? pictures : QDir::homePath();
}

void Settings::setExportDirectory(const QString &directory)
{
    m_settings.setValue(kExportDirectory, directory);
}

} // namespace exitscope
