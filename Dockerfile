# syntax=docker/dockerfile:1
# Two stages: the first builds the wheel, the second holds what runs, as a user that owns nothing but its data folder.
FROM python:3.12-slim AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md openapi.yaml ./
COPY cds_service cds_service
COPY hooks hooks
COPY fhir_fixtures fhir_fixtures
RUN python -m venv /opt/service \
    && /opt/service/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock \
    && /opt/service/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
LABEL org.opencontainers.image.title="diazepam-cds-service" \
      org.opencontainers.image.description="A CDS Hooks service that reviews diazepam orders and can prove what it advised"
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin cds \
    && install --directory --owner=cds --group=cds --mode=0700 /data
COPY --from=build /opt/service /opt/service
USER 10001
WORKDIR /data
VOLUME /data
ENV PATH="/opt/service/bin:$PATH" PYTHONDONTWRITEBYTECODE=1 CDS_DATABASE_URL="sqlite:////data/ledger.db"
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["cds-service"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080"]
