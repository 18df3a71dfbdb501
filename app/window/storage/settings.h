// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QSettings>
#include <QStringList>

#include <cstdint>

namespace exitscope {

enum class ThemeChoice : std::uint8_t { Desktop, Light, Dark };
QString themeChoiceName(ThemeChoice choice); // "desktop", "light", "dark"
bool parseThemeChoice(const QString &text, ThemeChoice &choice);

// What the user's window remembers, in the user's configuration directory.
class Settings {
public:
    static constexpr int kMostRecent = 10;

    Settings();
    explicit Settings(const QString &file);

    // What was opened, newest first. Each entry is what was opened together.
    QList<QStringList> recent() const;
    void addRecent(const QStringList &paths);
    void clearRecent();

    ThemeChoice theme() const;
    void setTheme(ThemeChoice choice);

    QByteArray windowGeometry() const;
    void setWindowGeometry(const QByteArray &geometry);
    QByteArray layout() const;
    void setLayout(const QByteArray &layout);

    // What Workspace::viewOptions() told.
    QVariantMap viewOptions() const;
    void setViewOptions(const QVariantMap &options);

    // Where the last picture went; at first the user's directory of pictures.
    QString exportDirectory() const;
    void setExportDirectory(const QString &directory);

private:
    mutable QSettings m_settings; // reading an array changes where it stands, not what it holds
};

} // namespace exitscope
