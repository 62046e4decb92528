# Two images: `--target server` and `--target phones`. No BuildKit needed.

FROM node:24-bookworm-slim AS build
WORKDIR /tether
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund --no-progress \
  && npx tsc --build server phone-sim web-client \
  && npm run build --workspaces --if-present

# What one program needs to run, in /image: compiled packages without tests, and the packages of others it names.
FROM build AS server-files
RUN node scripts/image.mjs server /image
FROM build AS phones-files
RUN node scripts/image.mjs phone-sim /image

FROM node:24-bookworm-slim AS base
ENV NODE_ENV=production TETHER_HOST=0.0.0.0 TETHER_DATA_DIR=/data
RUN mkdir --mode=700 /data && chown node:node /data
WORKDIR /tether
USER node

FROM base AS server
COPY --from=server-files /image ./
EXPOSE 8080
HEALTHCHECK --interval=2s --timeout=2s --retries=15 CMD ["node", "healthy.mjs", "http://127.0.0.1:8080/readyz"]
CMD ["node", "server/dist/src/main.js"]

FROM base AS phones
COPY --from=phones-files /image ./
EXPOSE 8081
HEALTHCHECK --interval=2s --timeout=2s --retries=15 CMD ["node", "healthy.mjs", "http://127.0.0.1:8081/healthz"]
CMD ["node", "phone-sim/dist/src/main.js"]
