// Words that every client uses: [Chinese, English].
export const WORDS = {
  "again": ["再试一次", "Try again"],
  "close": ["关闭", "Close"],
  "demo": ["演示环境：不会真实扣款，证书不具效力", "Demonstration: no money moves, certificates have no effect"],
  "error.bridge": ["微信没有回应，请关闭本页，从微信里重新打开", "WeChat does not answer. Close this page and open it again in WeChat"],
  "error.offline": ["连接不上，请检查网络后再试", "No connection. Check your network and try again"],
  "error.request": ["如需帮助，请告知编号 {id}", "If you ask for help, give this number: {id}"],
  "error.unreadable": ["服务暂时无法回答（{status}），请稍后再试", "The service cannot answer just now ({status}). Try again later"],
  "more": ["显示更多", "Show more"],
  "offline": ["没有网络：这是手机里保存的页面，扫码仍可核对签名", "No network: this page was kept on your phone. The scanner still checks signatures"],
  "wait": ["正在加载", "Loading"],
};
