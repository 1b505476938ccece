; Installer for Windows: for this person only, without an administrator; /S installs in silence, Uninstall.exe /S takes it out again.
; Projects, settings and the survey log are the person's own and stay.
Target amd64-unicode
!ifndef VERSION
  !define VERSION "0"
!endif
Name "千村 Qiancun"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Qiancun"
InstallDirRegKey HKCU "Software\Qiancun" "Folder"
SetCompressor /SOLID lzma
!include "MUI2.nsh"
!define MUI_ICON "${ICON}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Qiancun"
!define OPEN '"$INSTDIR\qiancun.exe" "%1"'

; "Open with" for a kind of file that other programs keep.
!macro OfferFor ENDING
  WriteRegStr HKCU "Software\Classes\${ENDING}\OpenWithProgids" "Qiancun.File" ""
!macroend
!macro NoOfferFor ENDING
  DeleteRegValue HKCU "Software\Classes\${ENDING}\OpenWithProgids" "Qiancun.File"
!macroend

Section
  SetOutPath "$INSTDIR"
  File /r "${FROM}\*"
  WriteUninstaller "$INSTDIR\Uninstall.exe"
  CreateShortcut "$SMPROGRAMS\千村 Qiancun.lnk" "$INSTDIR\qiancun.exe"
  WriteRegStr HKCU "Software\Qiancun" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "DisplayName" "千村 Qiancun"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\qiancun.exe"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\Uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\Uninstall.exe" /S'
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
  ; Projects are its own; maps of others it only offers to open.
  WriteRegStr HKCU "Software\Classes\.qiancun" "" "Qiancun.Project"
  WriteRegStr HKCU "Software\Classes\Qiancun.Project" "" "千村项目"
  WriteRegStr HKCU "Software\Classes\Qiancun.Project\DefaultIcon" "" "$INSTDIR\qiancun.exe,0"
  WriteRegStr HKCU "Software\Classes\Qiancun.Project\shell\open\command" "" '${OPEN}'
  WriteRegStr HKCU "Software\Classes\Qiancun.File" "" "村庄地图"
  WriteRegStr HKCU "Software\Classes\Qiancun.File\shell\open\command" "" '${OPEN}'
  !insertmacro OfferFor ".geojson"
  !insertmacro OfferFor ".shp"
  !insertmacro OfferFor ".kml"
  !insertmacro OfferFor ".kmz"
  !insertmacro OfferFor ".gpkg"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd

Section "Uninstall"
  ; Only what was put there: whatever a person keeps in that folder stays.
  !include "${LIST}"
  Delete "$INSTDIR\Uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\千村 Qiancun.lnk"
  DeleteRegKey HKCU "${KEY}"
  DeleteRegKey HKCU "Software\Qiancun"
  DeleteRegKey HKCU "Software\Classes\Qiancun.Project"
  DeleteRegKey HKCU "Software\Classes\Qiancun.File"
  ReadRegStr $0 HKCU "Software\Classes\.qiancun" ""
  StrCmp $0 "Qiancun.Project" 0 +2
    DeleteRegKey HKCU "Software\Classes\.qiancun"
  !insertmacro NoOfferFor ".geojson"
  !insertmacro NoOfferFor ".shp"
  !insertmacro NoOfferFor ".kml"
  !insertmacro NoOfferFor ".kmz"
  !insertmacro NoOfferFor ".gpkg"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd
