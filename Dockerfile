# The base is pinned by tag, as a digest can only be taken where the registry can be reached.
FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN npm run build

FROM node:22-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force

FROM node:22-bookworm-slim
LABEL org.opencontainers.image.title="pipefleet" \
      org.opencontainers.image.description="Prometheus exporter that scrapes Pipe Network nodes over SSH" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/pipefleet/pipefleet"
ENV NODE_ENV=production UV_THREADPOOL_SIZE=64
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /build/dist dist
# The account "node" of the base image, by number, so that a runtime can see that it is not root.
USER 1000:1000
EXPOSE 10950
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:10950/-/healthy').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/bin/pipefleet.js"]
CMD ["serve", "--config", "/etc/pipefleet/pipefleet.yml", "--listen", "0.0.0.0:10950"]
