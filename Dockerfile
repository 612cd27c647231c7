# Two stages: the first installs into a virtual environment, the second holds only that and runs as nobody in particular.
FROM python:3.11-slim AS build
ARG TORCH=2.13.0
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/huiqi
# The CPU build of torch first: the default one brings gigabytes of CUDA.
RUN /opt/huiqi/bin/pip install "torch==${TORCH}+cpu" --extra-index-url "${TORCH_INDEX}"
WORKDIR /src
COPY pyproject.toml README.md ./
COPY policies policies
COPY indexes indexes
COPY service service
RUN /opt/huiqi/bin/pip install .

FROM python:3.11-slim
LABEL org.opencontainers.image.title="huiqi" org.opencontainers.image.licenses="MIT"
ENV PATH=/opt/huiqi/bin:$PATH PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 \
    HUIQI_DATA_DIR=/data HUIQI_HOST=0.0.0.0 HUIQI_PORT=8000
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin huiqi && install -d -o huiqi -g huiqi /data
COPY --from=build /opt/huiqi /opt/huiqi
USER 10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
CMD ["huiqi", "serve"]
