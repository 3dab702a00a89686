@echo off
rem Set up and serve benhan on Windows. Usage: run.cmd [--setup] [--empty] [--port N] [--host H]
setlocal
chcp 65001 >nul
set PYTHONUTF8=1
cd /d "%~dp0"
set "PORT=8000"
set "HOST=127.0.0.1"
set "EMPTY="
set "ONLYSETUP="
:next
if "%~1"=="" goto ready
if "%~1"=="--setup" set "ONLYSETUP=1" & shift & goto next
if "%~1"=="--empty" set "EMPTY=1" & shift & goto next
if "%~1"=="--port" if not "%~2"=="" set "PORT=%~2" & shift & shift & goto next
if "%~1"=="--host" if not "%~2"=="" set "HOST=%~2" & shift & shift & goto next
echo Tuy chon sai: %~1 1>&2
echo Wrong option: %~1 -- usage: run.cmd [--setup] [--empty] [--port N] [--host H] 1>&2
exit /b 2
:ready
set "PY="
for %%P in ("py -3" python) do if not defined PY (
  %%~P -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "PY=%%~P"
)
if defined PY goto venv
echo benhan can Python 3.11 tro len, 64-bit. 1>&2
echo benhan needs Python 3.11 or newer, 64-bit. 1>&2
exit /b 2
:venv
fc /b requirements.lock .venv\installed.lock >nul 2>nul && goto serve
echo Dang chuan bi .venv (chi lan dau) / Setting up .venv (first start only)
%PY% -m venv --clear .venv || goto failed
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock || goto failed
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . || goto failed
copy /y requirements.lock .venv\installed.lock >nul || goto failed
:serve
if defined EMPTY (.venv\Scripts\benhan setup || exit /b 2) else (.venv\Scripts\benhan setup --with-demo || exit /b 2)
if defined ONLYSETUP exit /b 0
.venv\Scripts\benhan serve --host "%HOST%" --port "%PORT%"
exit /b %ERRORLEVEL%
:failed
echo Khong cai duoc thu vien: kiem tra mang, dung luong dia roi chay lai. 1>&2
echo Could not install the libraries: check the network and the disk, then start again. 1>&2
exit /b 2
