shop=http://127.0.0.1:3000
patch='Content-Type: application/merge-patch+json'

# 1. Alice and Bob open the same article. Its entity-tag names the state that both have before them.
seen=$(curl -sI $shop/articles/1 | tr -d '\r' | sed -n 's/^[Ee][Tt][Aa][Gg]: //p')
echo "$seen"

# 2. Alice gives it another title, and says which state that is for: 200.
curl -si -w '\n\n' -X PATCH $shop/articles/1 -H "$patch" -H "If-Match: $seen" \
  -d '{ "title": "How to sharpen any knife, as of '$(date +%T)'" }'

# 3. Bob has not seen it, and wants another title too: 409, with what changed and which field he would undo.
curl -si -w '\n\n' -X PATCH $shop/articles/1 -H "$patch" -H "If-Match: $seen" \
  -d '{ "title": "How to sharpen a kitchen knife on a stone" }'

# 4. So Bob opens it again, and makes his edit to what is there now: 200.
seen=$(curl -sI $shop/articles/1 | tr -d '\r' | sed -n 's/^[Ee][Tt][Aa][Gg]: //p')
title=$(curl -s $shop/articles/1 | sed 's/.*"title":"\([^"]*\)".*/\1/')
curl -si -w '\n\n' -X PATCH $shop/articles/1 -H "$patch" -H "If-Match: $seen" \
  -d '{ "title": "'"$title"', on a stone" }'

# 5. Both edits are there, and so is every state that the article ever had.
curl -s -w '\n\n' $shop/articles/1
curl -s -w '\n\n' $shop/articles/1/versions
