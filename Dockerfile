# The base is named by tag, so that a build takes in Debian's and Node.js's fixes of the day. For builds that are to be the same
# byte for byte, name it by digest, which only whoever can reach the registry can ask for:
#
#   docker buildx imagetools inspect node:22-bookworm-slim --format '{{.Manifest.Digest}}'
#   docker build --build-arg BASE=node:22-bookworm-slim@sha256:… .
ARG BASE=node:22-bookworm-slim

FROM ${BASE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN npm run build

FROM ${BASE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force

FROM ${BASE}
# What runs needs no package manager, and nothing that gives the one who starts it the rights of another.
RUN rm -rf /opt/yarn-* /usr/local/lib/node_modules /usr/local/bin/corepack /usr/local/bin/npm /usr/local/bin/npx \
      /usr/local/bin/yarn /usr/local/bin/yarnpkg && \
    find / -xdev -type f -perm /6000 -exec chmod a-s {} +
# Those of a build: --build-arg VERSION=0.1.0 --build-arg REVISION=$(git rev-parse HEAD)
ARG BASE
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="pipefleet" \
      org.opencontainers.image.description="Prometheus exporter that scrapes Pipe Network nodes over SSH" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/pipefleet/pipefleet" \
      org.opencontainers.image.documentation="https://github.com/pipefleet/pipefleet/blob/main/docs/operations.md" \
      org.opencontainers.image.base.name="docker.io/library/${BASE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production UV_THREADPOOL_SIZE=64
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /build/dist dist
# The account "node" of the base image, by number, so that a runtime can see that it is not root.
USER 1000:1000
EXPOSE 10950
STOPSIGNAL SIGTERM
# Requests /-/healthy over HTTP or TLS with a limit of 4 s, so that a stalled event loop is unhealthy.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "dist/bin/health-check.js", "127.0.0.1:10950"]
ENTRYPOINT ["node", "dist/bin/pipefleet.js"]
CMD ["serve", "--config", "/etc/pipefleet/pipefleet.yml", "--listen", "0.0.0.0:10950"]
