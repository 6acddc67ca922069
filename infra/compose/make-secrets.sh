#!/bin/sh
# Makes a folder of secrets of your own: the example's files, each password in them replaced by a random one.
#
#   ./make-secrets.sh [FOLDER]          ./secrets unless named; one that exists is left as it is
#
# Then set SECRETS in .env to the folder. Tokens and keys of other services you put into their files yourself.
set -eu
cd "$(dirname "$0")"
folder=${1:-./secrets}

if [ -e "$folder" ]; then
  echo "$folder is there already: delete it, or name another folder." >&2
  exit 1
fi
cp -R secrets.example "$folder"
# The folder is its owner's alone; the files are read by the containers' own users.
chmod 700 "$folder"
find "$folder" -type f -exec chmod 644 {} +
grep -ohR 'try-out-[a-z]*' "$folder" --exclude=README.md | sort -u | while read -r word; do
  random=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
  grep -lR "$word" "$folder" --exclude=README.md | while read -r file; do
    sed "s/$word/$random/g" "$file" >"$file.new"
    mv "$file.new" "$file"
  done
done
echo "Made $folder. Set SECRETS=$folder in .env; the webhook's secret is in $folder/webhook-secret."
