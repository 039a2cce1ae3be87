// The one door to the vendored view library, so that screens do not name its file.
export {
  html, render, createContext, useState, useReducer, useEffect, useLayoutEffect, useRef, useMemo, useCallback, useContext,
} from "../vendor/preact-htm/standalone.module.js";
