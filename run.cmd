@echo off
rem Set up and serve benhan on Windows. Usage: run.cmd [port]
cd /d "%~dp0"
set PORT=%1
if "%PORT%"=="" set PORT=8000
if not exist .venv\Scripts\benhan.exe (
  py -3 -m venv .venv || exit /b 2
  .venv\Scripts\python -m pip install --quiet --require-hashes -r requirements.lock || exit /b 2
  .venv\Scripts\python -m pip install --quiet --no-deps --no-build-isolation -e . || exit /b 2
)
.venv\Scripts\benhan setup --with-demo || exit /b 2
.venv\Scripts\benhan serve --port %PORT%
